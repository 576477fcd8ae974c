package io.millrace.experiment;

/**
 * One of the things that an experiment compares.
 *
 * @param name of the arm, once in its experiment
 * @param weight its part of the traffic, relative to the other arms' weights; 0 gives it nobody
 * @param treatment what its units get
 */
public record Arm(String name, double weight, Treatment treatment) {}
