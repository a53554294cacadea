package online

import "fmt"

// state is what the update keeps beside the weights.
func (u *descend) state() map[string]float64 {
	m := map[string]float64{"gravity": u.gravity, "contraction": u.contraction, "lr": u.lr, "multiplier": float64(u.multiplier)}
	for i, s := range u.sums {
		m[fmt.Sprintf("norm.%d", i)], m[fmt.Sprintf("weight.%d", i)] = s.norm, s.weight
	}
	return m
}

func (u *descend) setState(m map[string]float64) error {
	u.gravity, u.contraction, u.lr, u.multiplier = m["gravity"], m["contraction"], m["lr"], float32(m["multiplier"])
	for i := range u.sums {
		u.sums[i] = sums{m[fmt.Sprintf("norm.%d", i)], m[fmt.Sprintf("weight.%d", i)]}
	}
	return nil
}
