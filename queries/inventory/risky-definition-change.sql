-- +++
-- title = "Tool definition changed towards instructions"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "The definition of a tool changed, and the new text holds at least two kinds of things that steer a model: an order, an address, a place of credentials, a word for a new ability."
-- impact = "This is how a server that was harmless when it was reviewed turns against its users."
-- false_positives = [
--   "A large release of the integration that adds features and links to its documentation.",
-- ]
-- next_steps = [
--   "lightmeter query -x SELECT time, last_seen, definition_hash, description FROM history_tool_definitions WHERE integration = '{integration}' AND tool = '{tool}' ORDER BY time",
--   "lightmeter query -x SELECT time, login, session_id, arguments FROM calls WHERE integration = '{integration}' AND tool = '{tool}' ORDER BY time",
--   "Stop using the integration {integration} until its publisher explains the change.",
--   "Look at the calls since then; what they returned may hold orders to the model.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-asi:2026:ASI01", "owasp-llm:2025:LLM03", "atlas:AML.T0109", "atlas:AML.T0110"]
-- [[case]]
-- name = "two kinds of new marks"
-- signals = [
--   { detection = "inventory.definition-changed", subject = "acme/lookup", integration = "acme", tool = "lookup", severity = "high", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
-- ]
-- expect = [
--   { subject = "acme/lookup", severity = "high", reason = "The definition changed. It has not been called since.", evidence = ["e#1", "e#10"] },
-- ]
-- [[case]]
-- name = "with a place of credentials"
-- signals = [
--   { detection = "inventory.definition-changed", subject = "acme/lookup", integration = "acme", tool = "lookup", severity = "critical", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
-- ]
-- tool_calls = [
--   { call_uid = "c1", integration = "acme", tool = "lookup", login = "eva", time = 2026-02-10T08:59:59Z },
--   { call_uid = "c2", integration = "acme", tool = "lookup", login = "ana", time = 2026-02-10T09:00:00Z },
--   { call_uid = "c3", integration = "acme", tool = "lookup", login = "ana", time = 2026-02-10T09:30:00Z },
--   { call_uid = "c4", integration = "acme", tool = "find", login = "ben", time = 2026-02-10T09:30:00Z },
-- ]
-- expect = [
--   { severity = "critical", reason = "The definition changed. Since then it was called 2 times by 1 user." },
-- ]
-- [[case]]
-- name = "two tools are two incidents"
-- signals = [
--   { detection = "inventory.definition-changed", subject = "acme/lookup", integration = "acme", tool = "lookup", severity = "high", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
--   { detection = "inventory.definition-changed", subject = "acme/find", integration = "acme", tool = "find", severity = "high", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
-- ]
-- expect = [
--   { subject = "acme/lookup" },
--   { subject = "acme/find" },
-- ]
-- [[case]]
-- name = "one new mark stays a signal"
-- signals = [
--   { detection = "inventory.definition-changed", subject = "acme/lookup", integration = "acme", tool = "lookup", severity = "medium", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
-- ]
-- expect = []
-- [[case]]
-- name = "changed parameters stay a signal"
-- signals = [
--   { detection = "inventory.definition-changed", subject = "acme/lookup", integration = "acme", tool = "lookup", severity = "low", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
-- ]
-- expect = []
-- [[case]]
-- name = "changed text stays a signal"
-- signals = [
--   { detection = "inventory.definition-changed", subject = "acme/lookup", integration = "acme", tool = "lookup", severity = "informational", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
-- ]
-- expect = []
-- [[case]]
-- name = "another signal of high severity"
-- signals = [
--   { detection = "inventory.new-tool", subject = "acme/lookup", integration = "acme", tool = "lookup", severity = "high", reason = "The definition changed.", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, count = 1, evidence = ["e#1", "e#10"] },
-- ]
-- expect = []
-- [[case]]
-- name = "no signals, much use"
-- signals = []
-- tool_calls = [
--   { call_uid = "c1", integration = "acme", tool = "lookup", login = "ana", time = 2026-02-10T09:00:00Z },
-- ]
-- expect = []
-- +++
WITH used AS (
  -- Calls of the changed tool: what came before the change says nothing about it.
  SELECT s.subject, s.first_seen, count(*) AS calls, count(DISTINCT c.login) AS users
  FROM signals s
  JOIN tool_calls c ON c.integration = s.integration AND c.tool = s.tool AND c.time >= s.first_seen
  WHERE s.detection = 'inventory.definition-changed'
  GROUP BY s.subject, s.first_seen
)
SELECT
  s.subject,
  s.reason || CASE WHEN u.calls > 0 THEN ' Since then it was called ' || CASE u.calls WHEN 1 THEN 'once' ELSE CAST(u.calls AS VARCHAR) || ' times' END
                        || ' by ' || CAST(u.users AS VARCHAR) || CASE WHEN u.users = 1 THEN ' user.' ELSE ' users.' END
                   ELSE ' It has not been called since.' END AS reason,
  s.first_seen,
  s.last_seen,
  s.count,
  CAST(NULL AS VARCHAR) AS session_id,
  s.integration,
  s.tool,
  s.subject || ' ' || CAST(s.first_seen AS VARCHAR) AS key,
  s.severity,
  s.evidence
FROM signals s
LEFT JOIN used u ON u.subject = s.subject AND u.first_seen = s.first_seen
WHERE s.detection = 'inventory.definition-changed' AND s.severity IN ('high', 'critical')
ORDER BY s.subject, s.first_seen
