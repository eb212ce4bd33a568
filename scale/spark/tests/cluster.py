"""Spark as the tests run it: in one process, or a master and two workers on loopback."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyspark

HERE = Path(__file__).resolve().parent
JOB = HERE.parent / "ledger_job.py"
HOME = Path(pyspark.__file__).parent
PROGRAM = os.environ["FALLBACK_LEDGER_PROGRAM"]


def environment(folder):
    """Of Spark's processes: loopback only, and scratch files in the test's own folder."""
    return os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(HOME), "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_DIRS": str(folder / "local"), "TMPDIR": str(folder), "NO_COLOR": "1",
        "SPARK_NO_DAEMONIZE": "1",
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Local:
    """Two threads of one process."""

    master = "local[2]"
    workers = ()

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Cluster(Local):
    """A master and two workers with an executor each, all processes of the test."""

    def __enter__(self):
        port = free_port()
        self.master = f"spark://127.0.0.1:{port}"
        self.processes = []
        self.start("master", "org.apache.spark.deploy.master.Master", "-h", "127.0.0.1", "-p", str(port),
                   "--webui-port", "0")
        for number in (1, 2):
            self.start(f"worker-{number}", "org.apache.spark.deploy.worker.Worker", "-h", "127.0.0.1",
                       "-c", "1", "-m", "1g", "-d", str(self.folder / f"work-{number}"), "--webui-port", "0",
                       self.master)
        for name in ("worker-1", "worker-2"):
            wait_for(lambda: "Successfully registered" in (self.folder / f"{name}.log").read_text())
        return self

    def start(self, name, *command):
        with open(self.folder / f"{name}.log", "w") as log:
            self.processes.append(subprocess.Popen(
                [HOME / "bin" / "spark-class", *command], stdout=log, stderr=log,
                env=environment(self.folder), start_new_session=True))

    def __exit__(self, *_):
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait(60)


def wait_for(condition, seconds=120):
    """Waits until something is so; that it never is fails the test."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("what the test waits for did not happen")
        time.sleep(0.05)


def submit(spark, *arguments, settings=()):
    """Starts the job; its process, of which stderr goes to job.log."""
    options = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1",
               "spark.driver.bindAddress": "127.0.0.1", "spark.executor.memory": "512m"} | dict(settings)
    command = [HOME / "bin" / "spark-submit", "--master", spark.master]
    for key, value in options.items():
        command += ["--conf", f"{key}={value}"]
    with open(spark.folder / "job.log", "w") as log:
        return subprocess.Popen([*map(str, command), str(JOB), *map(str, arguments)], stdout=log, stderr=log,
                                env=environment(spark.folder))


def parent_of(pid):
    """The process that started another, and nothing once that has ended."""
    try:
        return int(re.search(r"^PPid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)[1])
    except (OSError, TypeError):
        return None


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def executor_with_running(mode, below):
    """The executor, among the processes of a cluster, under which the program is seen at work; if any."""
    for entry in Path("/proc").glob("[0-9]*"):
        command = command_of(entry.name)
        if b"scale" not in command or mode.encode() not in command:
            continue
        executor, pid = None, parent_of(entry.name)
        while pid and pid > 1 and pid not in below:
            if any(b"CoarseGrainedExecutorBackend" in part for part in command_of(pid)):
                executor = pid
            pid = parent_of(pid)
        if executor and pid in below:
            return executor
    return None
