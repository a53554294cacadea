// Package animate draws optimizers on their way down a surface: one step by
// step, with arrows for what its steps are made of, or several in a race with
// their losses beside.
//
// [Single] and [Race] run the optimizers and lay the picture out; Encode draws
// it as a GIF that loops, as SVG that plays itself, or as a PNG of its last
// picture.
//
//	a, err := animate.Single(ctx, animate.Runner{Rule: optim.NAG, Tune: true}, animate.Options{})
//	file, err := a.Encode(ctx, "gif", nil)
//
// The same runners, options and seed give the same bytes. Errors begin with
// "animate:", "surface:" or "descent:".
package animate
