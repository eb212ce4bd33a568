"""Tenants that must be taken together, because an id of an event or a request comes under several of them.

Which of two lines with one id stays hangs on both, and a request has one tenant, that of its lowest
attempt. In most logs no two tenants share an id, and there is nothing to take together.
"""

# A row's ids: its event, its request, and the request above it where a log has such. Hashes are shuffled in
# place of texts; two ids of one hash only bring together what need not be.
IDS = """
  SELECT tenant_key, explode(filter(array(
    xxhash64('event', get_json_object(row, '$.event_id')),
    xxhash64('request', get_json_object(row, '$.request_id')),
    IF(get_json_object(row, '$.parent_id') IS NULL, NULL,
      xxhash64('request', get_json_object(row, '$.parent_id')))), id -> id IS NOT NULL)) AS id
  FROM row WHERE tenant_key NOT IN ('!reject', '!file')
"""
SHARED = "SELECT id FROM id_of_row GROUP BY id HAVING min(tenant_key) <> max(tenant_key)"
TOGETHER = """
  SELECT DISTINCT keys FROM (
    SELECT sort_array(collect_set(tenant_key)) AS keys FROM id_of_row JOIN shared_id USING (id) GROUP BY id)
"""


def linked_tenants(spark):
    """The group of each tenant that shares an id with another, by tenant key."""
    spark.sql(IDS).createOrReplaceTempView("id_of_row")
    shared = spark.sql(SHARED).cache()
    if shared.isEmpty():
        return {}
    shared.createOrReplaceTempView("shared_id")
    return groups(row.keys for row in spark.sql(TOGETHER).toLocalIterator())


def groups(together):
    """Of every tenant in the lists the least one that it hangs together with."""
    parent = {}

    def root(key):
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for keys in together:
        for key in keys[1:]:
            one, other = sorted((root(keys[0]), root(key)))
            parent[other] = one
    return {key: root(key) for key in list(parent)}
