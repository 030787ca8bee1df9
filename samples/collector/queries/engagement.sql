-- Visits with more than one event.
SELECT COUNT(*) AS visits, SUM(events > 1) AS engaged, 1.0 * SUM(events > 1) / COUNT(*) AS engagement_rate FROM visits;
