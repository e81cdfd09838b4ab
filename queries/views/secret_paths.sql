-- +++
-- doc = "Files that usually hold secrets, as the calls of the lake that read them or hand them on name them."
-- materialise = true
-- [columns]
-- call_uid = "The call."
-- path = "The file."
-- [[case]]
-- name = "read, handed on and copied"
-- history_entities = [
--   { source = "call", source_id = "c1", kind = "path", relation = "read", place = "argument", value = "~/app/.env" },
--   { source = "call", source_id = "c1", kind = "path", relation = "read", place = "command", value = "~/app/.env" },
--   { source = "call", source_id = "c2", kind = "path", relation = "source", place = "command", value = "/home/ana/.ssh/id_ed25519" },
-- ]
-- expect = [
--   { call_uid = "c1", path = "~/app/.env" },
--   { call_uid = "c2", path = "/home/ana/.ssh/id_ed25519" },
-- ]
-- [[case]]
-- name = "written, only named, a template, a public key and an ordinary file"
-- history_entities = [
--   { source = "call", source_id = "c1", kind = "path", relation = "write", place = "argument", value = "~/app/.env" },
--   { source = "call", source_id = "c2", kind = "path", relation = "mention", place = "argument", value = "~/app/.env" },
--   { source = "call", source_id = "c3", kind = "path", relation = "read", place = "argument", value = "~/app/.env.example" },
--   { source = "call", source_id = "c4", kind = "path", relation = "read", place = "argument", value = "~/.ssh/id_ed25519.pub" },
--   { source = "call", source_id = "c5", kind = "path", relation = "read", place = "argument", value = "~/app/README.md" },
--   { source = "message", source_id = "m1", kind = "path", relation = "read", place = "text", value = "~/app/.env" },
-- ]
-- expect = []
-- +++
SELECT DISTINCT e.source_id AS call_uid, e.value AS path
FROM history_entities e
WHERE e.source = 'call' AND e.kind = 'path' AND e.relation IN ('read', 'source')
  AND coalesce(regexp_like(e.value, (SELECT string_agg('(?:' || pattern || ')', '|' ORDER BY pattern) FROM catalog_paths WHERE relation = 'read' AND kind = 'secret')), false)
  AND NOT coalesce(regexp_like(e.value, (SELECT string_agg('(?:' || pattern || ')', '|' ORDER BY pattern) FROM catalog_paths WHERE kind = 'public')), false)
