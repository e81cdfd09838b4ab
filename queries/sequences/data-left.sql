-- +++
-- title = "Secrets or private data left"
-- severity = "critical"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "Credentials or private data that an agent had read left in a later call."
-- impact = "What left is known elsewhere: replace credentials, and treat the data as published."
-- false_positives = [
--   "The receiver may know the data; nothing in the traffic says so.",
-- ]
-- next_steps = [
--   "Ask {whom} whether they wanted this data to be sent.",
--   "Block {destination} at the proxy, the firewall or the mail gateway, find out who else sent there, and ask its operator to delete what arrived.",
--   "Take back what left here, and treat it as known to whoever reads there: {left}.",
--   "Rotate the secrets of this session: the list of secrets holds {secrets_shown} of them and says how.",
--   "SELECT detection, first_seen, reason FROM signals WHERE session_id = '{session_id}' ORDER BY first_seen",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
--   "lightmeter hunt {destination}",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "owasp-llm:2025:LLM02", "atlas:AML.T0086", "atlas:AML.T0057"]
-- [[case]]
-- name = "a secret left"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- secrets = [
--   { fingerprint = "f1", tier = "provider", session_id = "s", login = "ana" },
--   { fingerprint = "f2", tier = "pii", session_id = "s", login = "ana" },
--   { fingerprint = "f3", tier = "provider", session_id = "z", login = "ana" },
-- ]
-- expect = [
--   { severity = "critical", evidence = ["e#1"], reason = "Reason of secret-leaves.", secrets_shown = 1 },
-- ]
-- [[case]]
-- name = "several proofs of one session are one incident"
-- signals = [
--   { detection = "sequences.untrusted-private-out", subject = "x", reason = "Reason of untrusted-private-out.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.credential-egress", subject = "x", reason = "Reason of credential-egress.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
--   { detection = "sequences.private-text-leaves", subject = "x", reason = "Reason of private-text-leaves.", first_seen = 2026-03-01T09:03:00Z, last_seen = 2026-03-01T09:03:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#3"] },
-- ]
-- expect = [
--   { count = 3, evidence = ["e#1", "e#2", "e#3"] },
-- ]
-- [[case]]
-- name = "an image"
-- signals = [
--   { detection = "sequences.exfil-in-answer", subject = "x", reason = "Reason of exfil-in-answer.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "packing is told with it"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.encode-then-send", subject = "x", reason = "Reason of encode-then-send.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [
--   { reason = "Reason of secret-leaves.", also_seen = ["Reason of encode-then-send."] },
-- ]
-- [[case]]
-- name = "the agent was steered: one incident, told there"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a weak order does not take it"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "low", evidence = ["e#2"] },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "another session was steered"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "z", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "an order of events alone"
-- signals = [
--   { detection = "sequences.untrusted-private-out", subject = "x", reason = "Reason of untrusted-private-out.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "credentials near a call"
-- signals = [
--   { detection = "sequences.credential-egress", subject = "x", reason = "Reason of credential-egress.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "packed and sent"
-- signals = [
--   { detection = "sequences.encode-then-send", subject = "x", reason = "Reason of encode-then-send.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "without a session"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing"
-- signals = []
-- expect = []
-- [[case]]
-- name = "a weak sign is not told with it"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = [
--   { reason = "Reason of secret-leaves." },
-- ]
-- +++
WITH causes AS (
  SELECT * FROM signals
  WHERE detection IN ('sequences.secret-leaves', 'sequences.private-text-leaves', 'sequences.untrusted-private-out', 'sequences.credential-egress', 'sequences.exfil-in-answer') AND confidence = 'high'
),
steered AS (
  SELECT DISTINCT session_id, login FROM signals WHERE detection IN ('sequences.followed-order', 'sequences.named-by-untrusted', 'sequences.command-from-text', 'sequences.named-by-description') AND confidence <> 'low'
),
more AS (
  -- What else the session shows belongs to the same account, after the cause.
  SELECT session_id, login, array_agg(sign ORDER BY first_seen, sign) AS signs
  FROM session_signs
  WHERE detection IN ('sequences.encode-then-send', 'sequences.asks-for-credentials', 'sequences.injection-marks', 'sequences.hidden-text', 'sequences.new-remote-or-publish', 'sequences.rights-granted', 'sequences.persistence-write')
  GROUP BY session_id, login
),
keys AS (
  SELECT session_id, login, count(DISTINCT fingerprint) AS secrets FROM secrets WHERE tier <> 'pii' GROUP BY session_id, login
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
  m.signs AS also_seen,
  k.secrets AS secrets_shown
FROM told t
JOIN proof p ON p.session_id = t.session_id AND p.login = t.login
LEFT JOIN more m ON m.session_id = t.session_id AND m.login = t.login
LEFT JOIN keys k ON k.session_id = t.session_id AND k.login = t.login
LEFT JOIN steered x ON x.session_id = t.session_id AND x.login = t.login
WHERE x.session_id IS NULL
ORDER BY t.first_seen, t.session_id
