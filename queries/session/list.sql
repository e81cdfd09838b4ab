-- Sessions of the window, with the worst risk among their calls and the first thing that was asked.
WITH risks AS (
  SELECT c.session_id, c.login, c.device,
         max(CASE c.risk WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END) AS risk_rank,
         bool_or(contains(lower(c.tool), lower($tool)) OR contains(lower(c.raw_name), lower($tool))
                 OR contains(lower(c.integration), lower($tool))) AS has_tool
  FROM calls c
  GROUP BY c.session_id, c.login, c.device
),
asked AS (
  -- Text that a program put in front of the question begins with a tag.
  SELECT m.session_id, m.login, m.device, first_value(left(m.text, 400) ORDER BY starts_with(ltrim(m.text), '<'), m.time,
         m.export_key, coalesce(m.record_id, -1), m.position, m.part, m.message_id) AS asked
  FROM messages m
  WHERE m.role = 'user' AND m.kind = 'text'
  GROUP BY m.session_id, m.login, m.device
),
links AS (
  SELECT session_id, login, device,
         min(CASE WHEN relation = 'sub-agent' AND from_session_id <> session_id THEN from_session_id END) AS begun_by,
         min(CASE WHEN evidence = 'conversation' THEN from_session_id END) AS resumes,
         sum(CASE WHEN evidence = 'pause' THEN 1 ELSE 0 END) AS pauses
  FROM session_links
  GROUP BY session_id, login, device
),
children AS (
  SELECT from_session_id AS session_id, login, device, count(*) AS sub_agents
  FROM session_links
  WHERE relation = 'sub-agent'
  GROUP BY from_session_id, login, device
),
said AS (
  SELECT session_id FROM messages WHERE $text <> '' AND contains(lower(text), lower($text))
  UNION
  SELECT session_id FROM tool_calls WHERE $text <> '' AND (contains(lower(arguments), lower($text)) OR contains(lower(raw_name), lower($text)))
)
SELECT s.session_id, CAST(s.first_time AS BIGINT) AS first_micros, CAST(s.last_time AS BIGINT) AS last_micros, s.login, s.device, s.agent,
       s.model, s.requests, s.failed_requests, s.conversations, s.calls, s.tools, s.failed_calls, s.refused_calls,
       CASE coalesce(r.risk_rank, 0) WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'none' END AS risk,
       s.input_tokens, s.output_tokens, s.cost_usd, a.asked,
       k.begun_by, k.resumes, coalesce(k.pauses, 0) AS pauses, coalesce(d.sub_agents, 0) AS sub_agents
FROM sessions s
LEFT JOIN risks r ON r.session_id = s.session_id AND r.login = s.login AND r.device = s.device
LEFT JOIN asked a ON a.session_id = s.session_id AND a.login = s.login AND a.device = s.device
LEFT JOIN links k ON k.session_id = s.session_id AND k.login = s.login AND k.device = s.device
LEFT JOIN children d ON d.session_id = s.session_id AND d.login = s.login AND d.device = s.device
WHERE ($user = '' OR contains(lower(s.login), lower($user)) OR lower(s.device) = lower($user))
  AND ($agent = '' OR contains(lower(s.agent), lower($agent)))
  AND ($tool = '' OR coalesce(r.has_tool, false))
  AND ($risk = '' OR coalesce(r.risk_rank, 0) >= CASE $risk WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END)
  AND ($text = '' OR s.session_id IN (SELECT session_id FROM said))
ORDER BY CASE $sort WHEN 'cost' THEN s.cost_usd WHEN 'calls' THEN CAST(s.calls AS DOUBLE) WHEN 'requests' THEN CAST(s.requests AS DOUBLE)
              WHEN 'risk' THEN CAST(coalesce(r.risk_rank, 0) AS DOUBLE) ELSE 0.0 END DESC,
         s.last_time DESC, s.session_id, s.login, s.device
