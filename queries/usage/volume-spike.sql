-- +++
-- title = "Unusual burst of use"
-- severity = "medium"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "A user or a tagged device did far more of something within a day or a minute than ever in the month before."
-- impact = "An agent may run away, a stolen login may be at work, or data may be leaving in bulk."
-- false_positives = [
--   "A large migration, a load test or a first bulk job.",
--   "A person who comes back to a project after weeks of little use.",
-- ]
-- next_steps = [
--   "SELECT time, integration, tool, left(arguments, 120) AS arguments FROM calls WHERE login = '{login}' AND time BETWEEN '{from_time}' AND '{to_time}' ORDER BY time",
--   "SELECT day, calls, outgoing, destructive, destinations, cost_usd FROM history_usage_days WHERE kind = 'user' AND principal = '{login}' ORDER BY day",
--   "Ask {whom} what was running at that time.",
--   "If nobody knows, stop the agent and end the sessions of the login.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-llm:2025:LLM10", "atlas:AML.T0034"]
-- [params]
-- warm_up_days = 14
-- early_times = 1.4
-- per_day = 3
-- min_peers = 4
-- peer_share = 0.25
-- fleet_days = 200
-- newcomer_times = 2.5
-- folder_calls = 10
-- [[case]]
-- name = "what was called, and where its files lie"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls_per_minute", span = "minute", value = 144.0, usual = 1.0, previous_max = 4.0, history = 400, score = 72.0, data_days = 60, agent = "Claude Code", first_time = 2026-03-10T15:35:00Z, last_time = 2026-03-10T15:36:00Z, evidence = ["e#1"] },
-- ]
-- calls = [
--   { call_uid = "c1", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:01Z, export_key = "e", record_id = 1 },
--   { call_uid = "c2", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:02Z, export_key = "e", record_id = 2 },
--   { call_uid = "c3", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:03Z, export_key = "e", record_id = 3 },
--   { call_uid = "c4", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:04Z, export_key = "e", record_id = 4 },
--   { call_uid = "c5", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:05Z, export_key = "e", record_id = 5 },
--   { call_uid = "c6", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:06Z, export_key = "e", record_id = 6 },
--   { call_uid = "c7", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:07Z, export_key = "e", record_id = 7 },
--   { call_uid = "c8", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:08Z, export_key = "e", record_id = 8 },
--   { call_uid = "c9", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:09Z, export_key = "e", record_id = 9 },
--   { call_uid = "c10", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:10Z, export_key = "e", record_id = 10 },
--   { call_uid = "c11", login = "ana", device = "n1", tool = "Read", raw_name = "Read", time = 2026-03-10T15:35:11Z, export_key = "e", record_id = 11 },
--   { call_uid = "c12", login = "ana", device = "n1", tool = "Bash", raw_name = "Bash", time = 2026-03-10T15:35:30Z, export_key = "e", record_id = 12 },
--   { call_uid = "c13", login = "bo", device = "n2", tool = "Glob", raw_name = "Glob", time = 2026-03-10T15:35:30Z, export_key = "e", record_id = 13 },
-- ]
-- entities = [
--   { source = "call", source_id = "c1", kind = "path", place = "argument", value = "/srv/export/part-1.csv" },
--   { source = "call", source_id = "c2", kind = "path", place = "argument", value = "/srv/export/part-2.csv" },
--   { source = "call", source_id = "c3", kind = "path", place = "argument", value = "/srv/export/part-3.csv" },
--   { source = "call", source_id = "c4", kind = "path", place = "argument", value = "/srv/export/part-4.csv" },
--   { source = "call", source_id = "c5", kind = "path", place = "argument", value = "/srv/export/part-5.csv" },
--   { source = "call", source_id = "c6", kind = "path", place = "argument", value = "/srv/export/part-6.csv" },
--   { source = "call", source_id = "c7", kind = "path", place = "argument", value = "/srv/export/part-7.csv" },
--   { source = "call", source_id = "c8", kind = "path", place = "argument", value = "/srv/export/part-8.csv" },
--   { source = "call", source_id = "c9", kind = "path", place = "argument", value = "/srv/export/part-9.csv" },
--   { source = "call", source_id = "c10", kind = "path", place = "argument", value = "/srv/export/part-10.csv" },
--   { source = "call", source_id = "c11", kind = "path", place = "argument", value = "/srv/export/part-11.csv" },
-- ]
-- expect = [ { subject = "ana", most_tool = "Read", tool_calls = 11, most_folder = "/srv/export", folder_calls = 11 } ]
-- [[case]]
-- name = "far above the usual and the highest day"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", login = "ana", count = 620, evidence = ["e#1"], reason = "ana made 620 tool calls on 2026-03-10: 18.8 times the usual 33 of 21 active days in the 30 days before, and 4.2 times the highest day of the 90 days before (148). It was not lowered, because only 1 of 14 other users of Claude Code also went far above their own highest day." } ]
-- [[case]]
-- name = "the strongest metric of a day speaks for the others"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "outgoing", span = "day", value = 400.0, usual = 4.0, previous_max = 10.0, history = 21, score = 63.2, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", metric = "outgoing", also = "calls" } ]
-- [[case]]
-- name = "a minute at machine speed needs no ten days"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "outgoing_per_minute", span = "minute", value = 144.0, usual = 1.0, previous_max = 4.0, history = 40, score = 72.0, data_days = 0, agent = "Claude Code", first_time = 2026-03-10T15:35:00Z, last_time = 2026-03-10T15:36:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", metric = "outgoing_per_minute", count = 144, first_seen = 2026-03-10T15:35:00Z, reason = "ana made 144 tool calls within a minute that can send data out at 2026-03-10 15:35: 144 times the usual 1 of 40 active minutes in the 30 days before, without the last ten, which belong to the same burst, and 36 times the highest of them (4). It was not lowered, because no other user of Claude Code with enough history was active that day." } ]
-- [[case]]
-- name = "a minute that is usually empty, in an hour in which the user never works"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "outgoing_per_minute", span = "minute", value = 144.0, usual = 0.0, previous_max = 4.0, history = 400, score = 72.0, data_days = 60, agent = "Claude Code", peer_group = "Claude Code", peers = 3, peers_up = 0, new_hours = 1, first_time = 2026-03-10T15:35:00Z, last_time = 2026-03-10T15:36:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", reason = "ana made 144 tool calls within a minute that can send data out at 2026-03-10 15:35: against a usual 0 of 400 active minutes in the 30 days before, without the last ten, which belong to the same burst, and 36 times the highest of them (4). In that hour of the day (UTC) ana had not worked in that time. It was not lowered, because only 3 other users of Claude Code with enough history were active that day." } ]
-- [[case]]
-- name = "what had never happened in ninety days"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "destructive", span = "day", value = 60.0, usual = 0.0, previous_max = 0.0, history = 21, score = 60.0, data_days = 60, agent = "Claude Code", peer_group = "Claude Code", peers = 14, peers_up = 0, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", reason = "ana made 60 destructive tool calls on 2026-03-10: against a usual 0 of 21 active days in the 30 days before, and none at all in the 90 days before. It was not lowered, because none of 14 other users of Claude Code also went far above their own highest day." } ]
-- [[case]]
-- name = "two minutes of different hours are two bursts, and speak for the day"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls_per_minute", span = "minute", value = 150.0, usual = 9.0, previous_max = 17.0, history = 40, score = 12.1, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T11:20:00Z, last_time = 2026-03-10T11:21:00Z, evidence = ["e#1"] },
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "outgoing_per_minute", span = "minute", value = 144.0, usual = 1.0, previous_max = 4.0, history = 40, score = 72.0, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T15:35:00Z, last_time = 2026-03-10T15:36:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { metric = "calls_per_minute" }, { metric = "outgoing_per_minute" } ]
-- [[case]]
-- name = "a newcomer far above what nearly all days of all users reach"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 1100.0, usual = 10.0, previous_max = 20.0, history = 3, score = 45.0, data_days = 60, agent = "Claude Code", peers = 0, peers_up = 0, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"], fleet_limit = 400.0, fleet_days = 900 },
-- ]
-- expect = [ { subject = "ana", count = 1100, reason = "ana made 1100 tool calls on 2026-03-10, with only 3 active days in the 30 days before (usual 10, highest 20): 2.8 times what 995 of 1000 days of all users stay below (400, out of 900 days). It was not lowered, because no other user of Claude Code with enough history was active that day." } ]
-- [[case]]
-- name = "three on a day, the rest is counted"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
--   { kind = "user", principal = "ben", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.0, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
--   { kind = "user", principal = "eva", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 7.5, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
--   { kind = "user", principal = "kim", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 7.0, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", more_that_day = 1 }, { subject = "ben" }, { subject = "eva" } ]
-- [[case]]
-- name = "the burst has a price, and some of it was at unusual hours"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, new_hours = 2, cost_usd = 31.5, fresh_tokens = 800000, cached_tokens = 20000000, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", reason = "ana made 620 tool calls on 2026-03-10: 18.8 times the usual 33 of 21 active days in the 30 days before, and 4.2 times the highest day of the 90 days before (148). All requests of that day cost 31.50 dollars, with 800 thousand tokens that no cache held and 20 million that came from a cache. In 2 of its hours (UTC) ana had not worked in that time. It was not lowered, because only 1 of 14 other users of Claude Code also went far above their own highest day." } ]
-- [[case]]
-- name = "so far above that peers who moved too do not hide it"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 12.6, data_days = 60, agent = "Claude Code", peer_group = "Claude Code", peers = 12, peers_up = 4, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "ana", score = 12.6, lowered_score = 5.6, reason = "ana made 620 tool calls on 2026-03-10: 18.8 times the usual 33 of 21 active days in the 30 days before, and 4.2 times the highest day of the 90 days before (148). It was lowered, but not below the limit, because 4 of 12 other users of Claude Code also went far above their own highest day." } ]
-- [[case]]
-- name = "one machine of a tag, of which the tag as a whole says less"
-- usage_peaks = [
--   { kind = "user", principal = "tag:ci", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
--   { kind = "device", principal = "n1", login = "tag:ci", device_tags = "tag:ci", shared_identity = true, day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 600.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peer_group = "tag:ci", peers = 8, peers_up = 0, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = [ { subject = "n1", login = "tag:ci", device = "n1", count = 600, reason = "Device n1 of tag:ci made 600 tool calls on 2026-03-10: 18.2 times the usual 33 of 21 active days in the 30 days before, and 4.1 times the highest day of the 90 days before (148). It was not lowered, because none of 8 other devices of tag:ci also went far above their own highest day." } ]
-- [[case]]
-- name = "below the score"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 5.2, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a fast minute in the first days of the data, not far above the others"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls_per_minute", span = "minute", value = 120.0, usual = 9.0, previous_max = 40.0, history = 40, score = 6.3, data_days = 2, agent = "Claude Code", first_time = 2026-03-10T15:35:00Z, last_time = 2026-03-10T15:36:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "the peers moved too, and it is not far above them"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 12, peers_up = 4, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "during the warm-up"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 13, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a metric that is only a signal"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "failed_calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 20.0, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a device of a person, who is told instead"
-- usage_peaks = [
--   { kind = "device", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 21, score = 8.9, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "too little history and no fleet to compare with"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 620.0, usual = 33.0, previous_max = 148.0, history = 9, score = 40.0, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a newcomer just above the fleet"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 500.0, usual = 33.0, previous_max = 148.0, history = 3, score = 40.0, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"], fleet_limit = 400.0, fleet_days = 900 },
-- ]
-- expect = []
-- [[case]]
-- name = "a newcomer among few days of few users"
-- usage_peaks = [
--   { kind = "user", principal = "ana", day = 2026-03-10T00:00:00Z, metric = "calls", span = "day", value = 900.0, usual = 33.0, previous_max = 148.0, history = 3, score = 40.0, data_days = 60, agent = "Claude Code", peers = 14, peers_up = 1, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, evidence = ["e#1"], fleet_limit = 100.0, fleet_days = 150 },
-- ]
-- expect = []
-- +++
WITH judged AS (
  SELECT u.*, m.phrase, m.score AS needed, u.history >= m.history AS own_history, coalesce(u.login, u.principal) AS who,
         -- Peers who moved too only ever lower a score.
         CASE WHEN u.peers >= $min_peers AND u.peers_up >= u.peers * $peer_share THEN power(1.0 - u.peers_up * 1.0 / u.peers, 2) ELSE 1.0 END AS left_over
  FROM usage_peaks u
  JOIN catalog_usage_metrics m ON m.metric = u.metric
  -- A minute is compared with minutes, of which there are enough after a morning's work; early ones need a higher score.
  WHERE (u.kind = 'user' OR (u.kind = 'device' AND u.shared_identity)) AND m.alerts AND (u.span = 'minute' OR u.data_days >= $warm_up_days)
),
passed AS (
  SELECT *, CASE WHEN own_history THEN score * left_over / needed ELSE value * left_over / fleet_limit / $newcomer_times END AS strength,
         CASE WHEN span = 'minute' THEN CAST(date_trunc('hour', first_time) AS VARCHAR) ELSE '' END AS burst,
         CASE WHEN kind = 'device' THEN principal ELSE '' END AS machine
  FROM judged
  WHERE CASE WHEN own_history THEN score * left_over >= needed * CASE WHEN data_days >= $warm_up_days THEN 1.0 ELSE $early_times END
             ELSE coalesce(fleet_days >= $fleet_days AND value * left_over >= $newcomer_times * fleet_limit, false) END
),
seen AS (
  SELECT *, bool_or(span = 'minute') OVER (PARTITION BY who, day) AS has_minute, bool_or(kind = 'device') OVER (PARTITION BY who, day) AS has_machine
  FROM passed
),
-- One finding per user (tagged device) and burst: the other metrics of the same burst follow from it.
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY who, machine, day, burst ORDER BY strength DESC, metric) AS nth
  FROM seen
  WHERE span = 'minute' OR (NOT has_minute AND (kind = 'device' OR NOT has_machine))
),
others AS (
  SELECT who, machine, day, burst, string_agg(metric, ', ' ORDER BY metric) AS also FROM ranked WHERE nth > 1 GROUP BY who, machine, day, burst
),
placed AS (
  SELECT r.*, o.also, row_number() OVER (PARTITION BY r.day ORDER BY r.strength DESC, r.who, r.machine, r.burst) AS place,
         count(*) OVER (PARTITION BY r.day) AS that_day
  FROM ranked r
  LEFT JOIN others o ON o.who = r.who AND o.machine = r.machine AND o.day = r.day AND o.burst = r.burst
  WHERE r.nth = 1
),
-- What was done then: the tool with most calls, and the folder that most of the paths of all calls lie in.
done AS (
  SELECT p.who, p.machine, p.metric, p.first_time, c.call_uid, coalesce(c.tool, c.raw_name) AS tool
  FROM placed p
  JOIN calls c ON c.login = p.who AND c.time >= p.first_time AND c.time <= p.last_time AND (p.machine = '' OR c.device = p.machine)
  WHERE p.place <= $per_day
),
tools AS (
  SELECT who, machine, metric, first_time, tool, count(*) AS calls,
         row_number() OVER (PARTITION BY who, machine, metric, first_time ORDER BY count(*) DESC, tool) AS nth
  FROM done
  GROUP BY who, machine, metric, first_time, tool
),
folders AS (
  SELECT d.who, d.machine, d.metric, d.first_time, regexp_replace(e.value, '/[^/]*$', '') AS folder, count(DISTINCT d.call_uid) AS calls,
         row_number() OVER (PARTITION BY d.who, d.machine, d.metric, d.first_time
           ORDER BY count(DISTINCT d.call_uid) DESC, regexp_replace(e.value, '/[^/]*$', '')) AS nth
  FROM done d
  JOIN entities e ON e.source = 'call' AND e.source_id = d.call_uid AND e.kind = 'path' AND e.place = 'argument'
  WHERE e.value LIKE '%_/%'
  GROUP BY d.who, d.machine, d.metric, d.first_time, regexp_replace(e.value, '/[^/]*$', '')
),
told AS (
  SELECT p.*, t.tool AS most_tool, t.calls AS tool_calls, CASE WHEN f.calls >= $folder_calls THEN f.folder END AS most_folder, f.calls AS folder_calls
  FROM placed p
  LEFT JOIN tools t ON t.who = p.who AND t.machine = p.machine AND t.metric = p.metric AND t.first_time = p.first_time AND t.nth = 1
  LEFT JOIN folders f ON f.who = p.who AND f.machine = p.machine AND f.metric = p.metric AND f.first_time = p.first_time AND f.nth = 1
),
worded AS (
  SELECT *,
         CASE WHEN kind = 'device' THEN 'Device ' || principal || ' of ' || coalesce(nullif(device_tags, ''), who) ELSE principal END AS name,
         CASE WHEN value >= 100 OR value = round(value) THEN CAST(CAST(round(value) AS BIGINT) AS VARCHAR) ELSE CAST(round(value, 1) AS VARCHAR) END AS value_text,
         CASE WHEN usual >= 100 OR usual = round(usual) THEN CAST(CAST(round(usual) AS BIGINT) AS VARCHAR) ELSE CAST(round(usual, 1) AS VARCHAR) END AS usual_text,
         CASE WHEN previous_max >= 100 OR previous_max = round(previous_max) THEN CAST(CAST(round(previous_max) AS BIGINT) AS VARCHAR) ELSE CAST(round(previous_max, 1) AS VARCHAR) END AS max_text,
         CASE WHEN fresh_tokens >= 1000000 THEN regexp_replace(CAST(round(fresh_tokens / 1000000.0, 1) AS VARCHAR), '\.0$', '') || ' million'
              WHEN fresh_tokens >= 10000 THEN CAST(CAST(round(fresh_tokens / 1000.0) AS BIGINT) AS VARCHAR) || ' thousand' ELSE CAST(fresh_tokens AS VARCHAR) END AS fresh_text,
         CASE WHEN cached_tokens >= 1000000 THEN regexp_replace(CAST(round(cached_tokens / 1000000.0, 1) AS VARCHAR), '\.0$', '') || ' million'
              WHEN cached_tokens >= 10000 THEN CAST(CAST(round(cached_tokens / 1000.0) AS BIGINT) AS VARCHAR) || ' thousand' ELSE CAST(cached_tokens AS VARCHAR) END AS cached_text,
         CASE WHEN kind = 'device' THEN ' device' ELSE ' user' END AS peer_word,
         held_span(30, lake_from, first_time) AS month, held_span(90, lake_from, first_time) AS quarter,
         round(value / greatest(usual, 1), 1) AS times_usual, round(value / greatest(previous_max, 1), 1) AS times_max
  FROM told
  LEFT JOIN lake_start ON true
)
SELECT
  principal AS subject,
  name || CASE WHEN metric LIKE '%requests' OR metric = 'sessions' THEN ' had ' WHEN metric = 'cost' THEN ' cost ' WHEN metric = 'destinations' THEN ' reached ' ELSE ' made ' END
    || value_text || ' ' || phrase
    || CASE WHEN span = 'minute' THEN ' at ' || left(replace(CAST(first_time AS VARCHAR), 'T', ' '), 16) ELSE ' on ' || left(CAST(day AS VARCHAR), 10) END
    || CASE WHEN own_history THEN ': ' || CASE WHEN usual < 1 THEN 'against a usual ' ELSE regexp_replace(CAST(times_usual AS VARCHAR), '\.0$', '') || ' times the usual ' END
              || usual_text || ' of ' || CAST(history AS VARCHAR) || ' active ' || span || 's in the ' || month || ' before'
              || CASE WHEN span = 'minute' THEN ', without the last ten, which belong to the same burst, and ' ELSE ', and ' END
              || CASE WHEN previous_max < 1 THEN CASE WHEN span = 'minute' THEN 'none in any of them.' ELSE 'none at all in the ' || quarter || ' before.' END
                      ELSE regexp_replace(CAST(times_max AS VARCHAR), '\.0$', '') || CASE WHEN span = 'minute' THEN ' times the highest of them (' ELSE ' times the highest day of the ' || quarter || ' before (' END || max_text || ').' END
            ELSE ', with only ' || CAST(history AS VARCHAR) || ' active ' || span || CASE WHEN history = 1 THEN '' ELSE 's' END || ' in the ' || month || ' before (usual '
              || usual_text || ', highest ' || max_text || '): ' || CAST(round(value / fleet_limit, 1) AS VARCHAR)
              || ' times what 995 of 1000 days of all users stay below (' || CAST(CAST(round(fleet_limit) AS BIGINT) AS VARCHAR) || ', out of '
              || CAST(fleet_days AS VARCHAR) || ' days).' END
    || coalesce(' Most calls of that ' || span || ' were of ' || most_tool || ' (' || CAST(tool_calls AS VARCHAR) || ')'
              || coalesce(', most of their files in ' || most_folder || ' (' || CAST(folder_calls AS VARCHAR) || ' calls)', '') || '.', '')
    || CASE WHEN cost_usd > 0 THEN ' All requests of that ' || span || ' cost ' || CAST(arrow_cast(cost_usd, 'Decimal128(18, 2)') AS VARCHAR) || ' dollars, with '
              || fresh_text || ' tokens that no cache held and ' || cached_text || ' that came from a cache.' ELSE '' END
    || CASE WHEN coalesce(new_hours, 0) = 0 THEN ''
            ELSE CASE WHEN span = 'minute' THEN ' In that hour of the day' WHEN new_hours = 1 THEN ' In one of its hours' ELSE ' In ' || CAST(new_hours AS VARCHAR) || ' of its hours' END
              || ' (UTC) ' || name || ' had not worked in that time.' END
    || CASE WHEN left_over < 1 THEN ' It was lowered, but not below the limit, because ' || CAST(peers_up AS VARCHAR) || ' of ' || CAST(peers AS VARCHAR)
            ELSE ' It was not lowered, because '
              || CASE WHEN coalesce(peers, 0) = 0 THEN 'no other' || peer_word WHEN peers < $min_peers THEN 'only ' || CAST(peers AS VARCHAR) || ' other' || peer_word || CASE WHEN peers = 1 THEN '' ELSE 's' END
                      WHEN peers_up = 0 THEN 'none of ' || CAST(peers AS VARCHAR)
                      ELSE 'only ' || CAST(peers_up AS VARCHAR) || ' of ' || CAST(peers AS VARCHAR) END END
    || CASE WHEN coalesce(peers, 0) < $min_peers THEN '' ELSE ' other' || peer_word || 's' END || CASE WHEN kind = 'device' AND peer_group = agent THEN ' with ' ELSE ' of ' END || coalesce(peer_group, agent, 'that agent')
    || CASE WHEN coalesce(peers, 0) < $min_peers THEN ' with enough history ' || CASE WHEN peers > 1 THEN 'were' ELSE 'was' END || ' active that day.'
            WHEN span = 'minute' THEN ' also had such a minute that day.' ELSE ' also went far above their own highest day.' END AS reason,
  first_time AS first_seen,
  last_time AS last_seen,
  CAST(round(value) AS BIGINT) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  who AS login,
  CASE WHEN kind = 'device' THEN principal END AS device,
  agent,
  principal || ' ' || metric || ' ' || CASE WHEN span = 'minute' THEN left(CAST(first_time AS VARCHAR), 16) ELSE left(CAST(day AS VARCHAR), 10) END AS key,
  metric, value, usual, previous_max, history AS history_size, span AS history_unit, round(score, 2) AS score, round(score * left_over, 2) AS lowered_score,
  also, most_tool, tool_calls, most_folder, CASE WHEN most_folder IS NOT NULL THEN folder_calls END AS folder_calls, fleet_limit, peer_group, peers, peers_up, new_hours, cost_usd, fresh_tokens, cached_tokens, that_day - least(that_day, $per_day) AS more_that_day,
  CAST(first_time AS VARCHAR) AS from_time, CAST(last_time AS VARCHAR) AS to_time,
  evidence
FROM worded
WHERE place <= $per_day
ORDER BY day, place
