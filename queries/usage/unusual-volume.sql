-- +++
-- title = "Unusual amount of use"
-- severity = "low"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A user, device, agent, integration, tool, provider or model was used clearly more than in the month before."
-- impact = "By itself it means little; together with a risky sequence or a secret it deserves attention."
-- false_positives = [
--   "A new project, a migration or a catch-up after a holiday.",
-- ]
-- next_steps = [
--   "SELECT day, metric, value, usual, previous_max FROM usage_peaks WHERE principal = '{subject}' ORDER BY day, metric",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-llm:2025:LLM10"]
-- [params]
-- warm_up_days = 14
-- min_score = 3.0
-- min_peers = 4
-- peer_share = 0.25
-- [[case]]
-- name = "a user above the own past"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", login = "ana", count = 620, severity = "medium", metric = "calls", reason = "ana: 620 tool calls on 2026-03-10, 18.8 times the usual 33 of 21 active days in the 30 days before, and 4.2 times the highest day of the 90 days before (148)." } ]
-- [[case]]
-- name = "a lower score is a weaker signal"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 3.2, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", severity = "low" } ]
-- [[case]]
-- name = "an integration"
-- usage_peaks = [
--   { kind = "integration", principal = "github", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "github", integration = "github" } ]
-- [[case]]
-- name = "a device"
-- usage_peaks = [
--   { kind = "device", principal = "n1", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "n1", device = "n1" } ]
-- [[case]]
-- name = "a metric that is no incident by itself"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "failed_calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { metric = "failed_calls" } ]
-- [[case]]
-- name = "lowered by peers who moved too, but still far above"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peer_group = "Claude Code", peers = 8, peers_up = 2, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", severity = "low", lowered_score = 5.01, reason = "ana: 620 tool calls on 2026-03-10, 18.8 times the usual 33 of 21 active days in the 30 days before, and 4.2 times the highest day of the 90 days before (148). It counts less, because 2 of 8 other users of Claude Code moved too." } ]
-- [[case]]
-- name = "a tagged device has the tag for a login"
-- usage_peaks = [
--   { kind = "device", principal = "n1", login = "tag:ci", device_tags = "tag:ci", shared_identity = true, day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "n1", device = "n1", login = "tag:ci" } ]
-- [[case]]
-- name = "below the score"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 2.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "during the warm-up"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 13, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "half of the peers moved too"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 8, peers_up = 4, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "too little history"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 9, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "too few minutes of history"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls_per_minute", span = "minute", value = 620.0, usual = 33.0, previous_max = 148.0, history = 9, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing above its past"
-- usage_peaks = [
-- ]
-- expect = []
-- +++
WITH judged AS (
  SELECT u.*, m.phrase, m.score AS alert_score,
         CASE WHEN u.peers >= $min_peers AND u.peers_up >= u.peers * $peer_share THEN power(1.0 - u.peers_up * 1.0 / u.peers, 2) ELSE 1.0 END AS left_over
  FROM usage_peaks u
  JOIN catalog_usage_metrics m ON m.metric = u.metric
  WHERE u.history >= m.history AND (u.span = 'minute' OR u.data_days >= $warm_up_days)
)
SELECT
  principal AS subject,
  principal || ': ' || CAST(CAST(round(value) AS BIGINT) AS VARCHAR) || ' ' || phrase
    || CASE WHEN span = 'minute' THEN ' at ' || left(replace(CAST(first_time AS VARCHAR), 'T', ' '), 16) ELSE ' on ' || left(CAST(day AS VARCHAR), 10) END
    || ', ' || CASE WHEN usual < 1 THEN 'against a usual ' ELSE CAST(round(value / usual, 1) AS VARCHAR) || ' times the usual ' END
    || regexp_replace(CAST(round(usual, 1) AS VARCHAR), '\.0$', '') || ' of ' || CAST(history AS VARCHAR) || ' active ' || span || 's in the ' || held_span(30, lake_from, first_time) || ' before'
    || CASE WHEN span = 'minute' THEN ', without the last ten, which belong to the same burst, and ' ELSE ', and ' END
    || CASE WHEN previous_max < 1 THEN 'none before.' ELSE CAST(round(value / previous_max, 1) AS VARCHAR) || ' times the highest '
         || CASE WHEN span = 'minute' THEN 'of them' ELSE 'day of the ' || held_span(90, lake_from, first_time) || ' before' END || ' (' || regexp_replace(CAST(round(previous_max, 1) AS VARCHAR), '\.0$', '') || ').' END
    || CASE WHEN left_over < 1 THEN ' It counts less, because ' || CAST(peers_up AS VARCHAR) || ' of ' || CAST(peers AS VARCHAR)
              || CASE WHEN kind = 'device' THEN ' other devices of ' ELSE ' other users of ' END || coalesce(peer_group, agent, 'that agent') || ' moved too.' ELSE '' END AS reason,
  first_time AS first_seen,
  last_time AS last_seen,
  CAST(round(value) AS BIGINT) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  CASE WHEN kind = 'user' THEN principal WHEN kind = 'device' AND shared_identity THEN login END AS login,
  CASE WHEN kind = 'device' THEN principal END AS device,
  CASE WHEN kind = 'agent' THEN principal WHEN kind = 'user' THEN agent END AS agent,
  CASE WHEN kind = 'integration' THEN principal END AS integration,
  CASE WHEN kind = 'tool' THEN principal END AS tool,
  kind || ' ' || principal || ' ' || metric || ' ' || CASE WHEN span = 'minute' THEN left(CAST(first_time AS VARCHAR), 16) ELSE left(CAST(day AS VARCHAR), 10) END AS key,
  CASE WHEN score * left_over >= alert_score THEN 'medium' ELSE 'low' END AS severity,
  kind, metric, value, usual, previous_max, history AS history_size, span AS history_unit, round(score, 2) AS score, round(score * left_over, 2) AS lowered_score, peer_group, peers, peers_up, new_hours,
  cost_usd, fresh_tokens, cached_tokens,
  evidence
FROM judged
LEFT JOIN lake_start ON true
WHERE score * left_over >= $min_score
ORDER BY day, kind, principal, metric
