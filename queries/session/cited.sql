-- Whether the lake holds a record.
SELECT record_id FROM lake.requests WHERE export_key = $export AND record_id = CAST($id AS BIGINT) LIMIT 1
