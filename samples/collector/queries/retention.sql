-- Of those who came in a month of 30 days for the first time, how many came again in each later one. Months count from the first event.
WITH zero AS (SELECT MIN(began_ms) AS ms FROM visits),
months AS (SELECT DISTINCT customer, (began_ms - zero.ms) / 2592000000 AS month FROM visits, zero),
firsts AS (SELECT customer, MIN(month) AS first FROM months GROUP BY customer)
SELECT first, month - first AS later, COUNT(*) AS customers,
       1.0 * COUNT(*) / (SELECT COUNT(*) FROM firsts AS cohort WHERE cohort.first = firsts.first) AS retention_rate
FROM months JOIN firsts USING (customer) GROUP BY first, later ORDER BY first, later;
