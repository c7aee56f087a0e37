# Hive's image brings no driver for PostgreSQL, in which our metastore keeps its tables.

FROM maven:3.9.11-eclipse-temurin-17 AS driver
RUN mvn --batch-mode --quiet dependency:copy -Dartifact=org.postgresql:postgresql:42.7.8 -DoutputDirectory=/driver

FROM apache/hive:3.1.3
COPY --from=driver /driver/postgresql-42.7.8.jar /opt/hive/lib/
