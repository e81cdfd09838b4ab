-- +++
-- title = "Agent destroyed much at once"
-- severity = "critical"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "An agent destroyed many different things in a short time, or something that cannot be undone, and it was not just what the user had asked for."
-- impact = "Data and history may be lost."
-- false_positives = [
--   "Cleaning up a test system.",
--   "The user asked for it in words that are not in catalog/order_words.toml, or outside the conversation.",
-- ]
-- next_steps = [
--   "Ask {whom} whether all of this was meant to go; stop the session if it still runs.",
--   "Find the last backup of each thing that the calls name before anything else is written there.",
--   "Take away the rights by which an agent could do this, or limit them to what is meant for tests.",
--   "SELECT detection, first_seen, reason FROM signals WHERE session_id = '{session_id}' ORDER BY first_seen",
--   "SELECT time, tool, arguments, outcome FROM steps WHERE session_id = '{session_id}' AND destroys ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "owasp-asi:2026:ASI10", "atlas:AML.T0101"]
-- [[case]]
-- name = "a burst"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "critical", confidence = "medium", evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "nobody asked for it"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.destructive-unapproved", subject = "x", reason = "Reason of destructive-unapproved.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [
--   { confidence = "high", reason = "Reason of destructive-burst.", also_seen = ["Reason of destructive-unapproved."] },
-- ]
-- [[case]]
-- name = "two sessions"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "z", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = [
--   { session_id = "s" },
--   { session_id = "z" },
-- ]
-- [[case]]
-- name = "all refused"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "medium", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "approvals off, nothing destroyed"
-- signals = [
--   { detection = "sequences.approvals-off", subject = "x", reason = "Reason of approvals-off.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "one command that nobody asked for"
-- signals = [
--   { detection = "sequences.destructive-unapproved", subject = "x", reason = "Reason of destructive-unapproved.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "marks only"
-- signals = [
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "without a session"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing"
-- signals = []
-- expect = []
-- [[case]]
-- name = "a weak sign makes it no surer"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = [
--   { confidence = "medium" },
-- ]
-- [[case]]
-- name = "an order was read and followed only afterwards"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:05:00Z, last_seen = 2026-03-01T09:06:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = [ { severity = "critical" } ]
-- [[case]]
-- name = "a weak sign that an order was followed"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = [ { severity = "critical" } ]
-- [[case]]
-- name = "an order that another session and another user followed"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "z", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.named-by-untrusted", subject = "x", reason = "Reason of named-by-untrusted.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ben", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = [ { severity = "critical" } ]
-- [[case]]
-- name = "the agent followed an order before: told as that"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a value that only others had named was used before"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.named-by-untrusted", subject = "x", reason = "Reason of named-by-untrusted.", first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "the user had asked for all of it"
-- signals = [
--   { detection = "sequences.destructive-burst", subject = "x", reason = "Reason of destructive-burst.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "low", confidence = "medium", evidence = ["e#1"] },
-- ]
-- expect = []
-- +++
WITH causes AS (
  SELECT * FROM signals
  WHERE detection = 'sequences.destructive-burst' AND severity <> 'low'
),
-- What followed an order in what was read is told as that.
steered AS (
  SELECT session_id, login, min(first_seen) AS first_seen
  FROM signals
  WHERE detection IN ('sequences.followed-order', 'sequences.named-by-untrusted', 'sequences.command-from-text', 'sequences.named-by-description') AND confidence <> 'low'
  GROUP BY session_id, login
),
more AS (
  -- What else the session shows belongs to the same account, after the cause.
  SELECT session_id, login, array_agg(sign ORDER BY first_seen, sign) AS signs
  FROM session_signs
  WHERE detection IN ('sequences.destructive-unapproved', 'sequences.injection-marks', 'sequences.approvals-off')
  GROUP BY session_id, login
),
shown AS (
  SELECT c.session_id, c.login, c.first_seen, c.detection, c.subject, c.reason, unnest(c.evidence) AS address FROM causes c
),
proof AS (
  SELECT session_id, login, array_agg(address ORDER BY at, address) AS evidence
  FROM (SELECT session_id, login, address, min(first_seen) AS at FROM shown GROUP BY session_id, login, address)
  GROUP BY session_id, login
),
told AS (
  SELECT session_id, login, min(device) AS device, max(agent) AS agent, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
         sum(count) AS count, count(*) AS signals,
         first_value(reason ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 ELSE 2 END, first_seen, reason) AS reason,
         min(CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END) AS rank,
         max(CASE confidence WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END) AS sure
  FROM causes
  GROUP BY session_id, login
)
SELECT
  coalesce(t.agent, 'agent') || ' of ' || coalesce(t.login, 'unknown') AS subject,
  '' || t.reason || CASE WHEN t.signals > 1 THEN ' The session holds ' || CAST(t.signals AS VARCHAR) || ' such calls.' ELSE '' END AS reason,
  t.first_seen,
  t.last_seen,
  t.count,
  t.session_id,
  t.login,
  t.device,
  t.agent,
  t.session_id AS key,
  CASE t.rank WHEN 0 THEN 'critical' WHEN 1 THEN 'high' ELSE 'medium' END AS severity,
  CASE WHEN t.sure >= 2 OR m.signs IS NOT NULL THEN 'high' ELSE 'medium' END AS confidence,
  p.evidence,
  m.signs AS also_seen
FROM told t
JOIN proof p ON p.session_id = t.session_id AND p.login = t.login
LEFT JOIN more m ON m.session_id = t.session_id AND m.login = t.login
LEFT JOIN steered x ON x.session_id = t.session_id AND x.login = t.login AND x.first_seen <= t.last_seen
WHERE x.session_id IS NULL
ORDER BY t.first_seen, t.session_id
