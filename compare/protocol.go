package compare

import (
	"fmt"
	"strings"
)

// protocol says how it is done.
func (c *Comparison) protocol() string {
	grid := "a grid around its default, each value √10 times the one before, continued where the best was at an end"
	if c.Grid != nil {
		grid = "the values " + joined(c.Grid)
	}
	return strings.Join([]string{
		fmt.Sprintf("The learning rate of each optimizer was chosen from %s, by %s", grid, c.Task.chosenBy()),
		"Then each ran with the full budget once for each seed.",
		"Other hyperparameters are as named, or else the defaults, and the learning rate is constant.",
		"Optimizers without a learning rate, those that find it themselves from a first guess d0, and those whose user has set it, ran as they are.",
	}, " ")
}
