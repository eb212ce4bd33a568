"""Whether a run's figures account for every line that was read."""

import json
from collections import Counter


def problems(stats, lines_by_file, rows, listed):
    """What does not add up, in sentences; none if all does.

    stats: (report, dimensions, measure, value) of the reports `run` and `stats`.
    lines_by_file: lines by Spark's own count. rows: of lines, as they were normalised. listed: files found.
    """
    run, of_lines, tenants, files = Counter(), Counter(), Counter(), {}
    for report, dimensions, measure, value in stats:
        names = json.loads(dimensions)
        if report == "run" and "file" in names:
            files.setdefault(names["file"], Counter())[measure] += value
        elif report == "run" and "tenant_key" in names:
            tenants[names["tenant_key"]] += value
        elif report == "run":
            run[measure] += value
        elif "file" in names:
            of_lines[measure] += value

    found = []
    for file in sorted(set(lines_by_file) | set(files)):
        counted = files.get(file, Counter())
        if counted["streams"] == 0:
            found.append(f"{file} was counted, but no partition had it")
        elif counted["streams"] > 1:
            found.append(f"{file} was read in {counted['streams']} pieces; pack it so that it stays whole")
        elif counted["text_lines"] != lines_by_file.get(file, 0):
            found.append(
                f"{file} has {lines_by_file.get(file, 0)} lines, of which {counted['text_lines']} came")
    torn = sorted(key for key, parts in tenants.items() if parts != 1)
    if torn:
        found.append(f"{len(torn)} tenants were torn apart, {torn[0]} among them; distribute by tenant")
    if run["rows"] != rows:
        found.append(f"{rows} rows were normalised and {run['rows']} taken in")
    parts = ("accepted", "duplicates", "conflicts", "rejected", "blank")
    if of_lines["lines"] != sum(of_lines[part] for part in parts):
        found.append("lines are not accepted, duplicates, conflicts, rejected and blank together")
    if of_lines["lines"] - of_lines["blank"] != rows:
        found.append(f"{rows} rows came to {of_lines['lines'] - of_lines['blank']} lines")
    # An empty file has no line that Spark could count.
    if len(lines_by_file) > listed:
        found.append(f"{listed} files were listed and {len(lines_by_file)} read")
    return found
