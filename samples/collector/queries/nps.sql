-- Promoters (9 and 10) less detractors (0 to 6), in percent of those who answered. The latest answer of each customer counts.
WITH answers AS (
  SELECT customer, CAST(event ->> '$.properties.score' AS REAL) AS score, MAX(time_ms) FROM happened
  WHERE event ->> '$.event' IN ('survey_answered', 'Survey Answered') AND LOWER(event ->> '$.properties.kind') = 'nps'
  GROUP BY customer)
SELECT COUNT(*) AS answers, 100.0 * (SUM(score >= 9) - SUM(score <= 6)) / COUNT(*) AS nps FROM answers;
