package surface

// known are the surfaces that have names.
var known = []Surface{
	{
		Name: "quadratic", Text: "(x^2 + 12*y^2)/2",
		Summary: "A ravine, twelve times as steep across as along: what momentum was made for.",
		Window:  Window{-4, 2, -1.8, 1.8}, Start: [2]float64{-3.6, 1.25}, Minima: [][2]float64{{0, 0}},
	},
	{
		Name: "rosenbrock", Text: "(1-x)^2 + 100*(y-x^2)^2",
		Summary: "A bent, flat valley (Rosenbrock 1960): easy to enter, slow to follow.",
		Window:  Window{-2, 2, -1, 3}, Start: [2]float64{-1.2, 1}, Minima: [][2]float64{{1, 1}},
	},
	{
		Name: "beale", Text: "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
		Summary: "A plain between steep walls (Beale 1958): gradients of very different sizes.",
		Window:  Window{-1, 4.5, -1.5, 2}, Start: [2]float64{0.6, 1.5}, Minima: [][2]float64{{3, 0.5}},
	},
	{
		Name: "himmelblau", Text: "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
		Summary: "Four minima (Himmelblau 1972): which one is reached depends on the way.",
		Window:  Window{-5, 5, -5, 5}, Start: [2]float64{-0.5, -1},
		Minima: [][2]float64{{3, 2}, {-2.805118086952745, 3.131312518250573}, {-3.779310253377747, -3.283185991286170}, {3.584428340330492, -1.848126526964404}},
	},
	{
		Name: "saddle", Text: "(x^2 - y^2)/2 + y^4/8",
		Summary: "A saddle between two minima: the start lies almost on the ridge, where gradients vanish.",
		Window:  Window{-2, 2, -2, 2}, Start: [2]float64{-1.6, 0.01}, Minima: [][2]float64{{0, 1.4142135623730951}, {0, -1.4142135623730951}},
	},
	{
		Name: "ackley", Text: "20 + e - 20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
		Summary: "A funnel with dimples (Ackley 1987): small steps stay in one, large ones fall through.",
		Window:  Window{-4, 4, -4, 4}, Start: [2]float64{-2.7, 2.3}, Minima: [][2]float64{{0, 0}},
	},
	{
		Name: "rastrigin", Text: "20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))",
		Summary: "A bowl full of dimples (Rastrigin 1974): a minimum at every pair of whole numbers, nearly.",
		Window:  Window{-4, 4, -4, 4}, Start: [2]float64{-2.7, 2.3}, Minima: [][2]float64{{0, 0}},
	},
	{
		Name: "noisy", Text: "(x^2 + 4*y^2)/2",
		Summary: "A bowl whose gradients are noisy, as those of batches are.",
		Window:  Window{-4, 3, -2.5, 2.5}, Start: [2]float64{-3.4, 1.8}, Minima: [][2]float64{{0, 0}}, Noise: 2,
	},
}
