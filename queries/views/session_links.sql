-- +++
-- doc = "What a conversation began from, or goes on with: sub-agents and the calls that began them, and sessions that were resumed."
-- materialise = true
-- [columns]
-- relation = "`sub-agent` or `resumed`."
-- evidence = "`call`: its first words are the text of a call; `header`: the client says so; `conversation`: the same conversation stands in an earlier session; `pause`: the session was silent before."
-- from_session_id = "The session that it comes from; the session itself after a pause and for a sub-agent of the same session."
-- from_conversation_id = "The conversation that it comes from."
-- call_uid = "The call that began it, where a call tells."
-- tool = "Name of that call's tool as on the wire."
-- time = "Start of its first request, or of the first one after the pause."
-- pause_minutes = "Minutes of silence, for sessions that were resumed."
-- +++
WITH held AS (
  SELECT conversation_id, session_id, login, device, min(time) AS first_time, max(time) AS last_time,
         min(client_parent_id) AS client_parent_id, min(client_subagent) AS client_subagent,
         first_value(messages_new + messages_echoed ORDER BY time, export_key, record_number) AS first_messages
  FROM history_requests
  GROUP BY conversation_id, session_id, login, device
),
begun AS (
  SELECT conversation_id, login, device, first_value(session_id ORDER BY first_time, session_id) AS session_id,
         min(first_time) AS first_time
  FROM held
  GROUP BY conversation_id, login, device
),
told AS (
  SELECT DISTINCT t.call_uid, t.told_id, t.login, t.device, t.session_id, t.conversation_id, t.raw_name, t.time
  FROM history_tool_calls t
  WHERE t.told_id IS NOT NULL
),
asked AS (
  SELECT DISTINCT m.asked_id, m.conversation_id, m.login, m.device
  FROM (
    SELECT content_id AS asked_id, conversation_id, login, device FROM lake.messages WHERE role = 'user' AND kind = 'text'
    UNION ALL
    -- A client may put the prompt among tags of its own.
    SELECT asked_id, conversation_id, login, device FROM lake.messages WHERE asked_id IS NOT NULL
  ) m
  JOIN (SELECT DISTINCT told_id FROM told) t ON t.told_id = m.asked_id
),
by_call AS (
  SELECT b.session_id, b.login, b.device, b.conversation_id, t.session_id AS from_session_id,
         t.conversation_id AS from_conversation_id, t.call_uid, t.raw_name AS tool, b.first_time AS time,
         row_number() OVER (PARTITION BY b.conversation_id, b.login, b.device ORDER BY t.time DESC, t.call_uid) AS nth
  FROM asked a
  JOIN told t ON t.told_id = a.asked_id AND t.login = a.login AND t.device = a.device AND t.conversation_id <> a.conversation_id
  JOIN begun b ON b.conversation_id = a.conversation_id AND b.login = a.login AND b.device = a.device AND b.first_time >= t.time
),
ids AS (
  SELECT login, device, id, first_value(session_id ORDER BY first_time, session_id) AS session_id
  FROM (
    SELECT login, device, client_session_id AS id, session_id, min(time) AS first_time
    FROM history_requests
    WHERE client_session_id IS NOT NULL
    GROUP BY login, device, client_session_id, session_id
    UNION ALL
    SELECT login, device, client_agent_id, session_id, min(time)
    FROM history_requests
    WHERE client_agent_id IS NOT NULL
    GROUP BY login, device, client_agent_id, session_id
  ) named
  GROUP BY login, device, id
),
by_header AS (
  SELECT h.session_id, h.login, h.device, h.conversation_id, coalesce(i.session_id, h.session_id) AS from_session_id,
         h.first_time AS time
  FROM held h
  LEFT JOIN ids i ON i.login = h.login AND i.device = h.device AND i.id = h.client_parent_id
  LEFT JOIN by_call c ON c.conversation_id = h.conversation_id AND c.session_id = h.session_id AND c.nth = 1
  WHERE c.call_uid IS NULL AND (i.session_id IS NOT NULL OR h.client_subagent IS NOT NULL)
),
answered AS (
  -- A question that nobody answered can be asked twice without going on with anything.
  SELECT DISTINCT m.conversation_id
  FROM lake.messages m
  JOIN (SELECT conversation_id FROM held GROUP BY conversation_id HAVING count(DISTINCT session_id) > 1) s
    ON s.conversation_id = m.conversation_id
  WHERE m.role = 'assistant'
),
followed AS (
  SELECT h.*, lag(h.session_id) OVER before AS from_session_id, lag(h.last_time) OVER before AS before_time,
         lag(h.first_messages) OVER before AS before_messages
  FROM held h
  JOIN answered a ON a.conversation_id = h.conversation_id
  WINDOW before AS (PARTITION BY h.conversation_id, h.login, h.device ORDER BY h.first_time, h.session_id)
),
moved AS (
  SELECT session_id, login, device, from_session_id, time,
         lag(time) OVER (PARTITION BY session_id, login, device ORDER BY time, export_key, record_number) AS before_time,
         conversation_id
  FROM (SELECT session_id, login, device, conversation_id, session_id AS from_session_id, time, export_key, record_number FROM history_requests) r
)
SELECT session_id, login, device, conversation_id, 'sub-agent' AS relation, 'call' AS evidence, from_session_id, from_conversation_id,
       call_uid, tool, time, CAST(NULL AS BIGINT) AS pause_minutes
FROM by_call
WHERE nth = 1
UNION ALL
SELECT session_id, login, device, conversation_id, 'sub-agent', 'header', from_session_id, NULL, NULL, NULL, time, NULL
FROM by_header
UNION ALL
SELECT session_id, login, device, conversation_id, 'resumed', 'conversation', from_session_id, conversation_id AS from_conversation_id, NULL,
       NULL, first_time,
       (CAST(first_time AS BIGINT) - CAST(before_time AS BIGINT)) / 60000000
FROM followed
-- Going on with a conversation repeats more of it than it began with; asking the same anew does not.
WHERE from_session_id IS NOT NULL AND first_messages > before_messages
UNION ALL
SELECT m.session_id, m.login, m.device, m.conversation_id, 'resumed', 'pause', m.from_session_id, NULL, NULL, NULL, m.time,
       (CAST(m.time AS BIGINT) - CAST(m.before_time AS BIGINT)) / 60000000
FROM moved m
JOIN (SELECT max(value) AS minutes FROM catalog_limits WHERE name = 'pause_minutes') l
  ON CAST(m.time AS BIGINT) - CAST(m.before_time AS BIGINT) >= l.minutes * 60000000
