-- Record ids that no export holds, between those that some export does. Each bucket counts by itself.
WITH ids AS (
  SELECT x.source, r.record_id, min(CAST(r.time AS BIGINT)) AS micros
  FROM lake.requests r
  JOIN lake.exports x ON x.export_key = r.export_key
  WHERE r.record_id IS NOT NULL
  GROUP BY x.source, r.record_id
),
steps AS (
  SELECT source, record_id, micros, lead(record_id) OVER (PARTITION BY source ORDER BY record_id) AS next_id,
         lead(micros) OVER (PARTITION BY source ORDER BY record_id) AS next_micros
  FROM ids
)
SELECT source, record_id + 1 AS first_id, next_id - 1 AS last_id, micros AS after_micros, next_micros AS before_micros
FROM steps
WHERE next_id > record_id + 1
ORDER BY source, first_id
LIMIT 10000
