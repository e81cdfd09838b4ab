-- +++
-- title = "Machine or agent opened to somebody else"
-- severity = "critical"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "A session hands the machine to somebody outside, or changes what lasts right where injected text was read."
-- impact = "Somebody else may act on the machine, now or later."
-- false_positives = [
--   "Work on tunnels and cloud images.",
-- ]
-- next_steps = [
--   "Take the device {device} off the network until {whom} has explained it.",
--   "Block {destination} at the proxy, the firewall or the mail gateway, and find out who else sent there.",
--   "Take back what left here, and treat it as known to whoever reads there: {left}.",
--   "Remove what was left behind on the machine; the calls name files, services and tunnels.",
--   "Rotate the credentials that the machine and the person use.",
--   "SELECT detection, first_seen, reason FROM signals WHERE session_id = '{session_id}' ORDER BY first_seen",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
--   "lightmeter hunt {destination}",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI05", "owasp-asi:2026:ASI10", "atlas:AML.T0072", "atlas:AML.T0105"]
-- [[case]]
-- name = "an agent that gave itself rights where only something to be read was asked for"
-- signals = [
--   { detection = "sequences.own-permissions-changed", subject = "x", reason = "Reason of own-permissions-changed.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- [[case]]
-- name = "an agent that gave itself rights at work"
-- signals = [
--   { detection = "sequences.own-permissions-changed", subject = "x", reason = "Reason of own-permissions-changed.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "medium", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "something else that is critical"
-- signals = [
--   { detection = "sequences.approvals-off", subject = "x", reason = "Reason of approvals-off.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a remote shell"
-- signals = [
--   { detection = "sequences.remote-control", subject = "x", reason = "Reason of remote-control.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "critical", evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "something left behind where orders were read"
-- signals = [
--   { detection = "sequences.persistence-write", subject = "x", reason = "Reason of persistence-write.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "medium", evidence = ["e#2"] },
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "medium", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- [[case]]
-- name = "downloaded code where hidden text was read"
-- signals = [
--   { detection = "sequences.download-and-run", subject = "x", reason = "Reason of download-and-run.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "medium", evidence = ["e#2"] },
--   { detection = "sequences.hidden-text", subject = "x", reason = "Reason of hidden-text.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "medium", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "high", evidence = ["e#2"] },
-- ]
-- [[case]]
-- name = "approvals off is told with it"
-- signals = [
--   { detection = "sequences.remote-control", subject = "x", reason = "Reason of remote-control.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.approvals-off", subject = "x", reason = "Reason of approvals-off.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = [
--   { reason = "Reason of remote-control.", also_seen = ["Reason of approvals-off."] },
-- ]
-- [[case]]
-- name = "the agent was steered: one incident, told there"
-- signals = [
--   { detection = "sequences.remote-control", subject = "x", reason = "Reason of remote-control.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "only proposed"
-- signals = [
--   { detection = "sequences.remote-control", subject = "x", reason = "Reason of remote-control.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "something left behind, nothing injected"
-- signals = [
--   { detection = "sequences.persistence-write", subject = "x", reason = "Reason of persistence-write.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "injected in another session"
-- signals = [
--   { detection = "sequences.persistence-write", subject = "x", reason = "Reason of persistence-write.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#2"] },
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "z", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a weak mark"
-- signals = [
--   { detection = "sequences.persistence-write", subject = "x", reason = "Reason of persistence-write.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#2"] },
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "approvals off alone"
-- signals = [
--   { detection = "sequences.approvals-off", subject = "x", reason = "Reason of approvals-off.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing"
-- signals = []
-- expect = []
-- [[case]]
-- name = "a weak sign is not told with it"
-- signals = [
--   { detection = "sequences.remote-control", subject = "x", reason = "Reason of remote-control.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.approvals-off", subject = "x", reason = "Reason of approvals-off.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = [
--   { confidence = "medium" },
-- ]
-- [[case]]
-- name = "downloaded code where marks are weak"
-- signals = [
--   { detection = "sequences.download-and-run", subject = "x", reason = "Reason of download-and-run.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.hidden-text", subject = "x", reason = "Reason of hidden-text.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a weak order does not take it"
-- signals = [
--   { detection = "sequences.remote-control", subject = "x", reason = "Reason of remote-control.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- +++
WITH causes AS (
  SELECT * FROM signals
  WHERE (detection = 'sequences.remote-control' OR (detection = 'sequences.own-permissions-changed' AND severity = 'critical') OR (detection IN ('sequences.download-and-run', 'sequences.persistence-write', 'sequences.own-permissions-changed', 'sequences.gateway-bypass', 'sequences.hidden-text') AND session_id IN (SELECT session_id FROM signals WHERE detection IN ('sequences.injection-marks', 'sequences.hidden-text') AND confidence <> 'low'))) AND severity <> 'medium'
),
steered AS (
  SELECT DISTINCT session_id, login FROM signals WHERE detection IN ('sequences.followed-order', 'sequences.named-by-untrusted', 'sequences.command-from-text', 'sequences.named-by-description') AND confidence <> 'low'
),
more AS (
  -- What else the session shows belongs to the same account, after the cause.
  SELECT session_id, login, array_agg(sign ORDER BY first_seen, sign) AS signs
  FROM session_signs
  WHERE detection IN ('sequences.approvals-off', 'sequences.encode-then-send')
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
LEFT JOIN steered x ON x.session_id = t.session_id AND x.login = t.login
WHERE x.session_id IS NULL
ORDER BY t.first_seen, t.session_id
