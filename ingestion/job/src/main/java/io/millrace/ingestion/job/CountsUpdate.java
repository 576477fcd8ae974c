package io.millrace.ingestion.job;

import io.millrace.ingestion.IngestionProgress;
import io.millrace.ingestion.JoinCounts;

/**
 * What a join has counted since its last update, and how far it is.
 *
 * @param difference {@link JoinCounts#toBytes}
 * @param progress {@link IngestionProgress#toBytes}
 */
record CountsUpdate(byte[] difference, byte[] progress) {}
