package schedule_test

import (
	"fmt"

	"github.com/descent-go/descent/schedule"
)

func Example() {
	s := schedule.WarmupCosine(100, 10_000)
	for _, step := range []int{0, 49, 99, 5050, 10_000} {
		fmt.Printf("%5d %.2f\n", step, s.At(step))
	}
	// Output:
	//     0 0.01
	//    49 0.50
	//    99 1.00
	//  5050 0.50
	// 10000 0.00
}

func ExampleSequence() {
	s := schedule.Sequence(
		schedule.Part{Schedule: schedule.Constant(1), Steps: 1000},
		schedule.Part{Schedule: schedule.Polynomial(500, 1, 0.1), Steps: 500})
	fmt.Println(s.At(999), s.At(1250), s.At(1500))
	fmt.Println(s)
	// Output:
	// 1 0.55 0.1
	// sequence:1000=(constant),500=(polynomial:total=500,power=1,final=0.1)
}

func ExampleFunc() {
	s := schedule.Func(func(step int) float64 { return 1 / (1 + 0.01*float64(step)) })
	fmt.Println(s.At(0), s.At(100))
	// Output: 1 0.5
}

func ExampleCheck() {
	fmt.Println(schedule.Check(schedule.WarmupCosine(500, 100)))
	// Output: schedule: warmup-cosine:warmup=500,total=100: the warm-up takes 500 of 100 steps and leaves none for the cosine
}

func ExampleParse() {
	s, err := schedule.Parse("warmup:steps=5%,then=(cosine:final=0.1)", 10_000)
	fmt.Println(s, err)
	_, err = schedule.Parse("cosin", 10_000)
	fmt.Println(err)
	// Output:
	// warmup:steps=500,then=(cosine:total=9500,final=0.1) <nil>
	// schedule: unknown name "cosin"; did you mean cosine or warmup-cosine?
}

func ExampleDraw() {
	fmt.Print(schedule.Draw(schedule.WarmupCosine(1000, 10_000), 10_000, 60, 9))
	// Output:
	// factor
	//          1 ┤    ████▇▇▆▆▅▄▃▂
	//            │   ▇█████████████▇▆▄▃▁
	//            │  ▅████████████████████▆▄▂▁
	//        0.5 ┤ ▃█████████████████████████▇▅▃▂
	//            │▁███████████████████████████████▆▅▃▂▁
	//            │█████████████████████████████████████▇▆▅▄▃▂▂▁▁▁▁
	//          0 └────────────────────────────────────────────────
	//             step 0                5000                 10000
}
