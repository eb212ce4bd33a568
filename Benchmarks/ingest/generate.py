"""Writes events in the native format, one a line: the same for the same numbers.

  generate.py EVENTS [SEED] [MONTH] > events.jsonl

MONTH is YYYY-MM, 2026-11 if left out; of it 30 days are filled.

A hard month for a ledger: 2,000 tenants (Zipf), 200,000 users, a million threads, 600,000 sessions, 40
models; 8 % of the requests fail at first and go on; one line in 500 comes a second time; half the tenants
have ULIDs for identities, half random UUIDs. About 870 bytes a line.
"""
import heapq
import random
import sys
from datetime import datetime, timedelta, timezone

TENANTS, USERS = 2_000, 200_000
MONTH_MS = 30 * 86_400_000
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PROVIDERS = ["openai", "anthropic", "google", "mistral", "cohere", "bedrock", "azure", "local"]
SIZES = ["large-2026-01", "medium-2026-01", "small-2026-01", "reasoning-2", "nano"]
MODELS = [(p, f"{p}-{s}") for p in PROVIDERS for s in SIZES]
CLASSES = ["critical_user_facing", "non_critical_user_facing", "internal_automation", "batch",
           "experiment"]
TIERS = ["free", "pro", "business", "enterprise"]
FAILURES = [
    ("rate_limited", 429, "Rate limit reached for requests"),
    ("server_error", 500, "The server had an error while processing your request. Sorry about that!"),
    ("timeout", 504, "upstream timed out after 30 s"),
    ("overloaded", 529, '{\\"type\\":\\"overloaded_error\\",\\"message\\":\\"Overloaded\\"}'),
]


def zipf(count, exponent):
    weights, total = [], 0.0
    for place in range(count):
        total += (place + 1) ** -exponent
        weights.append(total)
    return weights


def ulid(random_, ms):
    text = []
    for _ in range(10):
        text.append(BASE32[ms & 31])
        ms >>= 5
    return "".join(reversed(text)) + "".join(random_.choices(BASE32, k=16))


def uuid(random_):
    bits = f"{random_.getrandbits(128):032x}"
    return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}"


def events(count, seed, start):
    random_ = random.Random(seed)
    tenants = zipf(TENANTS, 1.0)
    features = zipf(60, 0.9)
    workflows = zipf(40, 0.9)
    assistants = zipf(400, 0.9)
    models = zipf(len(MODELS), 0.9)
    places = {n: range(n) for n in (TENANTS, 60, 40, 400, len(MODELS))}

    def pick(weights):
        return random_.choices(places[len(weights)], cum_weights=weights)[0]

    waiting, later, written, number = [], [], 0, 0
    step = MONTH_MS / (count / 1.12)
    clock = 0.0
    spent = [0] * TENANTS
    while written < count:
        if waiting and waiting[0][0] <= clock:
            _, _, head, tail, attempt, left, route = heapq.heappop(waiting)
        else:
            clock += step
            tenant = pick(tenants)
            user = (tenant * 7919 + int(random_.random() ** 2 * 4 * USERS / (tenant + 8))) % USERS
            ms = min(int(clock), MONTH_MS - 1)
            is_ulid = tenant % 2 == 0
            request = ulid(random_, int(start.timestamp()) * 1000 + ms) if is_ulid else uuid(random_)
            route = pick(models)
            provider, model = MODELS[route]
            head = (request, is_ulid, ms)
            tail = (
                f'"tenant_id":"tenant-{tenant}","tenant_tier":"{TIERS[tenant % 4]}",'
                f'"user_id":"u_{user}","application":"app_{tenant % 12}",'
                f'"feature":"feature_{pick(features)}","workflow":"workflow_{pick(workflows)}",'
                f'"assistant_id":"asst_{pick(assistants)}",'
                f'"thread_id":"th_{user * 5 + random_.randrange(5)}",'
                f'"session_id":"s_{user * 3 + random_.randrange(3)}","environment":"production",'
                f'"traffic_class":"{CLASSES[(user + tenant) % 5]}",'
                f'"primary":{{"provider":"{provider}","model":"{model}"}}',
                tenant, 200 + int(60 * 2.718 ** (4.5 * random_.random())),
                20 + int(15 * 2.718 ** (4 * random_.random())))
            attempt, left = 0, random_.choice((1, 1, 1, 2, 3)) if random_.random() < 0.08 else 0
        request, is_ulid, ms = head
        common, tenant, tokens_in, tokens_out = tail
        failed = left > 0
        at = start + timedelta(milliseconds=ms + attempt * 700)
        provider, model = MODELS[route]
        kind, status, message = FAILURES[(ms + attempt) % 4]
        failure = (f'{{"kind":"{kind}","http_status":{status},"message":"{message}"}}'
                   if failed else "null")
        tokens = 0 if failed else tokens_out
        cost = 0 if failed else tokens_in * 1250 + tokens * 10_000
        event = f"{request}-{attempt}" if is_ulid else uuid(random_)
        line = (
            f'{{"v":1,"event_id":"{event}","request_id":"{request}","attempt":{attempt},'
            f'"ts":"{at.strftime("%Y-%m-%dT%H:%M:%S")}.{at.microsecond // 1000:03d}Z",{common},'
            f'"route":{{"provider":"{provider}","model":"{model}"}},"action":"model",'
            f'"outcome":"{"failure" if failed else "success"}","failure":{failure},'
            f'"latency_ms":{700 if failed else 200 + tokens * 8},'
            f'"usage":{{"input_tokens":{tokens_in},"cached_input_tokens":{tokens_in // 4},'
            f'"cache_write_tokens":0,"output_tokens":{tokens},"reasoning_tokens":0}},'
            f'"cost_usd":"0.{cost:09d}","revenue_usd":"0.{(ms % 400 + 20) * 25000:09d}",'
            f'"budget":{{"limit_usd":"{(tenant % 20 + 1) * 500}.00",'
            f'"spent_usd":"{spent[tenant] // 10**9}.{spent[tenant] % 10**9 // 10**7:02d}"}},'
            f'"decision":{{"step":{attempt},'
            f'"reason":"{"primary" if attempt == 0 else "fallback"}"}}}}\n')
        yield line
        written += 1
        spent[tenant] += cost
        if random_.random() < 0.002:
            heapq.heappush(later, (written + random_.randrange(1, 20_000), line))
        while later and later[0][0] <= written and written < count:
            yield heapq.heappop(later)[1]
            written += 1
        if failed:
            number += 1
            after = route if random_.random() < 0.3 else random_.randrange(len(MODELS))
            heapq.heappush(
                waiting, (ms + 700, number, head, tail, attempt + 1, left - 1, after))


if __name__ == "__main__":
    out = sys.stdout
    month = datetime.strptime(sys.argv[3] if len(sys.argv) > 3 else "2026-11", "%Y-%m")
    seed_ = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for text in events(int(sys.argv[1]), seed_, month.replace(tzinfo=timezone.utc)):
        out.write(text)
