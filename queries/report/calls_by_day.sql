-- Tool calls per UTC day and tool; everything beyond the busiest tools is counted as others.
WITH counted AS (
  SELECT to_char(time, '%Y-%m-%d') AS day, coalesce(integration || ': ' || tool, raw_name) AS tool, count(*) AS calls
  FROM tool_calls
  GROUP BY to_char(time, '%Y-%m-%d'), coalesce(integration || ': ' || tool, raw_name)
),
busiest AS (
  SELECT tool, row_number() OVER (ORDER BY sum(calls) DESC, tool) AS place FROM counted GROUP BY tool
)
SELECT c.day, CASE WHEN b.place <= 7 THEN c.tool ELSE 'others' END AS tool, min(CASE WHEN b.place <= 7 THEN b.place ELSE 8 END) AS place,
       sum(c.calls) AS calls
FROM counted c
JOIN busiest b ON b.tool = c.tool
GROUP BY c.day, CASE WHEN b.place <= 7 THEN c.tool ELSE 'others' END
ORDER BY c.day, place
