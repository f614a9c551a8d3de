package dev.latchkey.api;

import jakarta.inject.Singleton;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * The texts of constraints that a request does not meet.
 *
 * <p>Security: they have parameters and no expressions; the language of those is in no package, so that no text of a client can
 * ever be evaluated.
 */
@Singleton
class ConstraintMessages extends ParameterMessageInterpolator {}
