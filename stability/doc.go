// Package stability finds where a rule converges: it puts the rule on the loss
// h*x^2/2, a parabola of curvature h, the simplest that has a lowest point, and
// asks by which factor a step brings the weight nearer, for one setting or for
// a plane of two hyperparameters.
//
// [Open] takes a rule that is a formula. Where the formula is linear in the
// weight and its states, as that of gradient descent with momentum is, a step
// multiplies them by a matrix, which is read off the formula, and the factor is
// the largest of its eigenvalues by size: [System.Radius]. Other rules, and
// those that change from step to step, are run from w = 1 and watched:
// [System.Run]. [System.Map] does for a plane, or for the line of one
// hyperparameter, whichever will do, and [Map.Picture] draws it.
package stability
