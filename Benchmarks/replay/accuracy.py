"""Holds `replay` to worlds whose truth is known, beside two naive ways.

  accuracy.py PROGRAM FOLDER [SEEDS] [REQUESTS] [STRAIN]

Each world is simulated under the five-class policy and under each candidate, with the same arrivals, outages and coin
flips. `replay` sees only the first; the report of the second is the truth. Beside it stand two ways that need no replay:
REPRICE asks the engine for the first step with what the log knew, prices the recorded tokens there and takes it for served;
DROP keeps the requests whose first step is the recorded one, as they went, and scales them up.

STRAIN is none; many (400 tenants, a provider and a model down for hours); short (outages of two minutes); length (long
requests fail more often); load and tenants (a provider takes so many calls a minute, of all or of one tenant: a tenth of
the calls are refused); or all of these.
"""
import json
import os
import subprocess
import sys

program, folder = sys.argv[1:3]
seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 4
requests = sys.argv[4] if len(sys.argv) > 4 else "20000"
strain = sys.argv[5] if len(sys.argv) > 5 else "none"
os.makedirs(folder, exist_ok=True)

NON_CRITICAL = "steps: [{model: primary}, {model: openai/gpt-5-mini}, {action: cached_response}]"
INTERNAL = "steps: [{model: primary}, {model: openai/gpt-5-nano}, {action: queue}]"
OPUS = "      - {model: anthropic/claude-opus-4, premium: true}\n"
MINI = "      - {model: openai/gpt-5-mini, last_resort: true, notice: uncertain}\n"
PRIMARY = "      - {model: primary}                                                 # what the request asked for\n"
STAGES = "stages: {watch: 0.70, constrained: 0.80, critical_only: 0.95}"
RETRY = "    quality_floor: low_cost\n    steps: [{model: primary}, {model: openai/gpt-5-nano}"

# Kind, then what is changed: A near, B another model first that other traffic uses, C one seen as a fallback only.
CANDIDATES = {
    "stages-70-90": ("A", [(STAGES, "stages: {watch: 0.50, constrained: 0.70, critical_only: 0.90}")]),
    "stages-90-99": ("A", [(STAGES, "stages: {watch: 0.70, constrained: 0.90, critical_only: 0.99}")]),
    "retries-critical": ("A", [("retries_per_step: 0", "retries_per_step: 1")]),
    "retries-internal": ("A", [(RETRY, "    retries_per_step: 1\n" + RETRY)]),
    "order-critical": ("A", [(OPUS + MINI, "      - {model: openai/gpt-5-mini}\n" + OPUS)]),
    "drop-opus": ("A", [(OPUS, "")]),
    "drop-fallback": ("A", [(OPUS + MINI, ""), (INTERNAL, "steps: [{model: primary}]")]),
    "add-fallback": ("A", [(NON_CRITICAL, "steps: [{model: primary}, {model: anthropic/claude-opus-4}, "
                                          "{model: openai/gpt-5-mini}, {action: cached_response}]")]),
    "premium-all": ("A", [("default:    {premium: false}", "default:    {premium: true}")]),
    "daily-budget": ("A", [("daily_budget_usd: 25", "daily_budget_usd: 0.005")]),
    "mini-first": ("B", [(NON_CRITICAL, "steps: [{model: openai/gpt-5-mini}, {model: primary}, {action: cached_response}]")]),
    "nano-first": ("B", [(INTERNAL, "steps: [{model: openai/gpt-5-nano}, {model: primary}, {action: queue}]")]),
    "mini-first-critical": ("B", [(PRIMARY, "      - {model: openai/gpt-5-mini}\n" + PRIMARY)]),
    "opus-first": ("C", [(PRIMARY + OPUS, "      - {model: anthropic/claude-opus-4}\n" + PRIMARY)]),
}
LIMITS = {"0": (0.0, 0.0, 0.0), "A": (0.5, 0.1, 0.3), "B": (3, 0.2, 1.5), "C": (6, 100, 100)}
def outages(target, minutes, step):
    """One a day, of a few minutes, at an hour that moves by `step`."""
    return [part for day in range(1, 31) for hour, minute in [(8 + day * step % 10, day * 13 % 50)]
            for part in ("--outage", f"{target}@2026-10-{day:02}T{hour:02}:{minute:02}/2026-10-{day:02}T{hour:02}:{minute + minutes:02}")]


# Tenants, and what makes a world harder.
STRAINS = {
    "none": (40, []),
    "many": (400, ["--outage", "openai@2026-10-07T08:00/2026-10-07T11:00",
                   "--outage", "openai/gpt-5-nano@2026-10-21T09:00/2026-10-21T12:00"]),
    "short": (40, outages("openai", 2, 5) + outages("anthropic", 2, 7) + outages("openai/gpt-5", 3, 3)),
    "length": (8, ["--failures-per-thousand-tokens", "15"]),
    "load": (60, ["--calls-per-minute", "2"]),
    "tenants": (25, ["--tenant-calls-per-minute", "1"]),
    "all": (40, ["--calls-per-minute", "3", "--tenant-calls-per-minute", "1", "--failures-per-thousand-tokens", "8",
                 "--outage", "openai/gpt-5@2026-10-09T09:00/2026-10-09T12:00",
                 "--outage", "anthropic/claude-opus-4@2026-10-16T10:00/2026-10-16T15:00",
                 "--outage", "openai/gpt-5-mini@2026-10-20T13:00/2026-10-20T14:00"]),
}
GRADES = {"openai/gpt-5": 3, "anthropic/claude-opus-4": 3, "openai/gpt-5-mini": 2, "openai/gpt-5-nano": 1}


def run(*arguments, text=None):
    done = subprocess.run([program, *arguments], input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout


def ledger(path, world, events, policy):
    for suffix in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    for command in (["prices", "import", f"{world}/prices.csv"], ["tenants", "import", f"{world}/tenants.csv"],
                    ["policy", "apply", policy], ["ingest", events]):
        run(*command, "--ledger", path)
    return path


def model(route):
    return f"{route['provider']}/{route['model']}"


def naive(world, policy, prices):
    """What the two naive ways make of the log: (cost, served, downgraded) of each."""
    log = {}
    for line in subprocess.run(["zstd", "-dc", f"{world}/events.jsonl.zst"], capture_output=True).stdout.splitlines():
        event = json.loads(line)
        log.setdefault(event["request_id"], []).append(event)
    questions = []
    for lines in log.values():
        first = lines[0]
        budget = first.get("budget", {})
        used = float(budget["spent_usd"]) / float(budget["limit_usd"]) if budget.get("limit_usd") else None
        question = {"request": {k: first[k] for k in (
            "tenant_tier", "feature", "workflow", "environment", "traffic_class", "primary") if k in first}, "attempts": []}
        if used is not None:
            question["budget_utilisation"] = round(used, 9)
        questions.append(json.dumps(question))
    answers = run("policy", "decide", "--policy", policy, text="\n".join(questions) + "\n").splitlines()
    priced, kept, count = [0.0, 0, 0], [0.0, 0, 0], 0

    def cost(name, usage):
        price = prices[name]
        cached = usage.get("cached_input_tokens", 0)
        return ((usage.get("input_tokens", 0) - cached) * price[0] + cached * price[1]
                + usage.get("output_tokens", 0) * price[2]) / 1e6

    for lines, answer in zip(log.values(), map(json.loads, answers)):
        lines.sort(key=lambda line: line["attempt"])
        primary = model(lines[0]["primary"])
        last = lines[-1]
        served = last["outcome"] == "success" if "outcome" in last else last.get("action") in (
            "cached_response", "default_response")
        chosen = model(answer["route"]) if "route" in answer else None
        if chosen:
            tokens = max((line.get("usage", {}) for line in lines), key=lambda u: u.get("output_tokens", 0))
            priced[0] += cost(chosen, tokens)
            priced[1] += 1
            priced[2] += GRADES[chosen] < GRADES[primary]
        elif answer["action"] in ("cached_response", "default_response"):
            priced[1] += 1
            priced[2] += 1
        recorded = model(lines[0]["route"]) if "route" in lines[0] else None
        if chosen == recorded:
            count += 1
            kept[0] += sum(cost(model(line["route"]), line.get("usage", {})) for line in lines if "route" in line)
            kept[1] += served
            by = model(last["route"]) if "route" in last else None
            kept[2] += served and (by is None or GRADES[by] < GRADES[primary])
    scale = len(log) / count if count else 0
    return priced, [value * scale for value in kept]


def price_list(world):
    rows = [line.strip().split(",") for line in open(f"{world}/prices.csv")]
    return {f"{r[0]}/{r[1]}": (float(r[3]), float(r[4] or r[3]), float(r[6])) for r in rows[1:]}


class Row:
    def __init__(self):
        self.error, self.reprice, self.drop = [[], [], []], [[], [], []], [[], [], []]
        self.covered, self.half, self.ok, self.classes = [0, 0, 0], [[], [], []], 0, []


tenants, options = str(STRAINS[strain][0]), STRAINS[strain][1]
MEASURES = ("cost_usd", "served", "downgraded")
rows = {}
for seed in range(1, seeds + 1):
    world = f"{folder}/{strain}-{requests}-{seed}"
    candidates = {}
    run("simulate", "--seed", str(seed), "--days", "31", "--requests", requests, "--tenants", tenants,
        *options, "--out", world)
    text = open(f"{world}/policy.yaml").read()
    for name, (_, edits) in CANDIDATES.items():
        edited = text.replace("name: five-class", f"name: {name}")
        for old, new in edits:
            assert old in edited, (name, old)
            edited = edited.replace(old, new)
        candidates[name] = f"{world}/{name}.yaml"
        open(candidates[name], "w").write(edited)
    run("simulate", "--seed", str(seed), "--days", "31", "--requests", requests, "--tenants", tenants,
        *options, *[part for file in candidates.values() for part in ("--also", file)], "--out", world)
    base = ledger(f"{world}/base.sqlite", world, f"{world}/events.jsonl.zst", f"{world}/policy.yaml")
    prices = price_list(world)
    for name, file in {"identity": f"{world}/policy.yaml", **candidates}.items():
        kind = CANDIDATES[name][0] if name in CANDIDATES else "0"
        told = json.loads(run("replay", "--policy", file, "--format", "json", "--ledger", base))
        if name == "identity":
            assert told["replayed"] == told["recorded"], "the policy that made the log does not replay to it"
            continue
        other = ledger(f"{world}/truth.sqlite", world, f"{world}/events-{name}.jsonl.zst", file)
        truth = json.loads(run("report", "--format", "json", "--ledger", other))["totals"]
        row = rows.setdefault((kind, name), Row())
        row.classes.append(told["evidence_class"])
        all_requests = float(truth["requests"])
        ways = (told["replayed"][m] for m in MEASURES), *naive(world, file, prices)
        within = True
        for way, errors in zip(ways, (row.error, row.reprice, row.drop)):
            for place, (measure, value) in enumerate(zip(MEASURES, way)):
                true = float(truth[measure])
                error = 100 * (float(value) - true) / (true if place == 0 else all_requests)
                errors[place].append(error)
                if errors is row.error:
                    within = within and abs(error) <= LIMITS[kind][place]
                    low, high = map(float, told["intervals"][measure])
                    row.covered[place] += low - 1e-9 <= true <= high + 1e-9
                    row.half[place].append(100 * (high - low) / 2 / (true if place == 0 else all_requests))
        row.ok += within
    os.remove(f"{world}/truth.sqlite")


def rms(values):
    return (sum(v * v for v in values) / len(values)) ** 0.5


def line(name, parts):
    n = sum(len(p.error[0]) for p in parts)
    print(f"{name:18}{n:4}{100 * sum(p.ok for p in parts) / n:6.0f}%", end="")
    for place in range(3):
        errors = sum((p.error[place] for p in parts), [])
        half = sorted(sum((p.half[place] for p in parts), []))[n // 2]
        print(f" |{rms(errors):7.3f}{max(map(abs, errors)):7.2f}{100 * sum(p.covered[place] for p in parts) / n:5.0f}%"
              f"{half / (rms(errors) or 1):5.1f}{rms(sum((p.reprice[place] for p in parts), [])):7.2f}"
              f"{rms(sum((p.drop[place] for p in parts), [])):7.2f}", end="")
    print("  " + "".join(sorted(set(sum((p.classes for p in parts), [])))))


print(f"{seeds} worlds of {requests} requests, strain {strain}; the policy that made each log replays to it exactly")
print("cost error in %, served and downgraded in points of all requests: rms, greatest, share of intervals that hold the\n"
      "truth, half-width in rms errors, then the rms of REPRICE and DROP; ok: within the aim of its kind\n")
print(f"{'policy':18}{'n':>4}{'ok':>7} | {'cost':^38} | {'served':^38} | {'downgraded':^38}  class")
for kind in ("A", "B", "C"):
    own = {name: row for (k, name), row in rows.items() if k == kind}
    for name, row in own.items():
        line(name, [row])
    line(f"all of kind {kind}", list(own.values()))
