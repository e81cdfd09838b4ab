-- +++
-- title = "Something left behind that runs later"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "An agent wrote a file or ran a command that makes something run at login, with the machine, by a schedule or by itself, or that lets the holder of a key in, and the user had asked for no such thing."
-- impact = "What was left acts later, without the agent and without anybody looking."
-- false_positives = [
--   "Setting up a machine.",
-- ]
-- next_steps = [
--   "SELECT time, tool, path, content, outcome FROM path_acts WHERE session_id = '{session_id}' ORDER BY time",
--   "SELECT time, tool, text, outcome FROM command_acts WHERE act = 'persist' AND session_id = '{session_id}' ORDER BY time",
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-asi:2026:ASI05", "atlas:AML.T0081", "atlas:AML.T0094"]
-- [params]
-- quote_chars = 160
-- # What the user says who wants something to run by itself; in the languages of the order words.
-- asked = "\\b(cron(tabs?|jobs?)?|systemd|systemctl|launchd|launchctl|launch ?agents?|schtasks|schedul(e|ed|es|ing)|autostart\\w*|start-?up|on boot|at boot|after a reboot|at login|log ?in items?|every (\\d+ )?(minute|hour|day|night|week|month|morning)s?|hourly|daily|nightly|weekly|monthly|(git|commit|push) hooks?|as an? (\\w+ ){0,2}(service|daemon)|als (\\w+ ){0,2}dienst|zeitplan\\w*|geplante[nr]? aufgaben?|stündlich|täglich|nächtlich|wöchentlich|jede (stunde|nacht|woche)|jeden (tag|morgen)|hochfahren|neustart|tâches? planifiées?|planifi(e|er|ez)|au démarrage|(toutes les|chaque) (\\d+ )?(minutes?|heures?|nuits?|jours?|semaines?)|comme (un )?service|como (un )?servicio|al arrancar|al iniciar|cada (día|hora|noche|minuto|semana)|como (um )?serviço|agende|agendar|ao iniciar|a cada (dia|hora|noite|minuto)|diariamente|come servizio|pianific(a|are)|all'avvio|ogni (giorno|ora|notte))\\b|毎日|毎時|定期|起動時|每天|每小时|定时|开机"
-- [[case]]
-- name = "written"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = [
--   { subject = ".x", count = 1, evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "written twice in one session"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 2, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "two files"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 2, act = "persistence", path = "/etc/y", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = [
--   { count = 1 },
--   { subject = "y" },
-- ]
-- [[case]]
-- name = "named by the user only afterwards"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u5", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "what is .x?", position = 5, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "named in another conversation"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "d", session_id = "s", role = "user", kind = "text", text = "edit .x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "named by the model"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "assistant", kind = "text", text = "edit .x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "named in a result"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "tool_result", text = "edit .x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "the user named the file"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Please edit .X for me", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "both writes were asked for"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 2, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Please edit .X for me", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "another kind of file (agent-permissions)"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = []
-- [[case]]
-- name = "another kind of file (agent-rules)"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-rules", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = []
-- [[case]]
-- name = "another kind of file (ci)"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "ci", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = []
-- [[case]]
-- name = "the user spoke of something else"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m0", position = 0, role = "user", kind = "text", text = "Please tidy up the tests.", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
-- ]
-- expect = [
--   { subject = ".x", count = 1, evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "a job is planned by a command"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "plans a job", program = "crontab", text = "crontab -" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "check the access log", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "crontab", count = 1, evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "a unit is enabled twice in one session"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "plans a job", program = "systemctl", text = "systemctl enable gw" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", nth = 1, seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "persist", meaning = "plans a job", program = "systemctl", text = "systemctl enable gw" },
-- ]
-- expect = [
--   { subject = "systemctl", count = 2 },
-- ]
-- [[case]]
-- name = "a job is only proposed"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 1, act = "persist", meaning = "plans a job", program = "crontab", text = "crontab -" },
-- ]
-- expect = [
--   { subject = "crontab" },
-- ]
-- [[case]]
-- name = "a job that the user asked for"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "plans a job", program = "crontab", text = "crontab -" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "run the backup every night at 3", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "a service that the user asked for in German"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "plans a job", program = "systemctl", text = "systemctl enable gw" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Richte das bitte als Dienst ein", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "a unit that the user named"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "plans a job", program = "systemctl", text = "systemctl enable --now postgresql" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "install postgresql on this host", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "another act of a command"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "plans a job", program = "xmrig", text = "xmrig" },
-- ]
-- expect = []
-- [[case]]
-- name = "the schedule is spoken of only afterwards"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "crontab", text = "crontab -" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "every night at 3", position = 5, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "crontab" },
-- ]
-- [[case]]
-- name = "the schedule is spoken of in another conversation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "crontab", text = "crontab -" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "d", session_id = "s", role = "user", kind = "text", text = "every night at 3", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "crontab" },
-- ]
-- [[case]]
-- name = "the schedule is spoken of by the model"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "crontab", text = "crontab -" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "assistant", kind = "text", text = "every night at 3", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "crontab" },
-- ]
-- [[case]]
-- name = "the schedule is spoken of in a result that the user sent back"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "crontab", text = "crontab -" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "tool_result", text = "every night at 3", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "crontab" },
-- ]
-- [[case]]
-- name = "the user named the program"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "reg", text = "reg add x" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "use reg for it", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "one of two units of a call was named"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "systemctl", text = "systemctl enable postgresql" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 2, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "systemctl", text = "systemctl enable gw" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "install postgresql", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "one of two units of a session was named"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "systemctl", text = "systemctl enable postgresql" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", nth = 1, seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "persist", meaning = "does it", program = "systemctl", text = "systemctl enable gw" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "install postgresql", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1, evidence = ["e#2"] },
-- ]
-- +++
WITH named AS (
  -- A file that the user asked for by name is the user's own doing.
  SELECT DISTINCT p.call_uid, p.path
  FROM path_acts p
  JOIN user_texts m ON m.conversation_id = p.conversation_id
  WHERE m.position < p.position AND strpos(lower(m.text), regexp_replace(p.path, '.*/', '')) > 0
),
lasting AS (
  SELECT * FROM command_acts WHERE act = 'persist'
),
asked AS (
  SELECT DISTINCT a.call_uid, a.nth
  FROM lasting a
  JOIN user_texts m ON m.conversation_id = a.conversation_id
  WHERE m.position < a.position
    -- The name of what is started is the last word, without the kind of its unit.
    AND (regexp_like(lower(m.text), $asked) OR mentions(m.text, a.program)
      OR mentions(m.text, regexp_replace(regexp_replace(trim(a.text), '^.*[\s/]', ''), '\.(service|timer|socket|plist)$', '')))
),
changes AS (
  SELECT regexp_replace(p.path, '.*/', '') AS subject, p.path AS thing,
         'changed ' || p.path || ' (' || p.meaning || '), which the user had not named' AS says, p.session_id || ' ' || p.path AS key,
         p.call_uid, p.session_id, p.login, p.device, p.agent, p.time, p.outcome, p.export_key, p.record_id
  FROM path_acts p
  LEFT JOIN named n ON n.call_uid = p.call_uid AND n.path = p.path
  WHERE p.act = 'persistence' AND n.call_uid IS NULL
  UNION ALL
  SELECT a.program AS subject, a.program || '' AS thing,
         'ran what lasts and the user had not asked for ("' || excerpt(a.text, $quote_chars) || '", which ' || a.meaning || ')' AS says, a.session_id || ' command ' || a.program AS key,
         a.call_uid, a.session_id, a.login, a.device, a.agent, a.time, a.outcome, a.export_key, a.record_id
  FROM lasting a
  LEFT JOIN asked q ON q.call_uid = a.call_uid AND q.nth = a.nth
  WHERE q.call_uid IS NULL
)
SELECT
  c.subject,
  max(c.agent) || ' of ' || c.login || ' ' || min(c.says)
    || CASE WHEN bool_or(c.outcome = 'ok') THEN '; it was executed.' WHEN bool_or(c.outcome = 'error') THEN '; it failed.' WHEN bool_or(c.outcome = 'refused') THEN '; it was refused.' ELSE '; no result was seen, so it was proposed, not executed.' END AS reason,
  min(c.time) AS first_seen,
  max(c.time) AS last_seen,
  count(*) AS count,
  c.session_id,
  c.login,
  c.device,
  max(c.agent) AS agent,
  c.key,
  array_agg(evidence(c.export_key, c.record_id) ORDER BY c.time, c.call_uid) AS evidence
FROM changes c
GROUP BY c.subject, c.thing, c.key, c.session_id, c.login, c.device
ORDER BY c.login, c.session_id, c.thing
