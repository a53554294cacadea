package source_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/source"
)

// Clicks as a table. What is read here plain may as well be packed, or JSON
// lines, LibSVM or Vowpal Wabbit's text.
func ExampleNew() {
	table := `label,price,site,ad|colour
1,2.5,news,red
0,1,mail,blue
0,one,mail
`
	s, err := source.New(strings.NewReader(table), "clicks", source.Auto, source.Options{
		Names:  true,
		Report: func(f source.Fault) { fmt.Println(f.Error()) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	var x online.Example
	for {
		switch err := s.Read(&x); err {
		case nil:
			fmt.Println(x.Label, x.Names, x.Values)
			continue
		case io.EOF:
			fmt.Println(s.Examples, "examples of", s.Format)
		default:
			fmt.Println(err)
		}
		return
	}
	// Output:
	// 1 [price site^news ad^colour^red] [2.5 1 1]
	// 0 [price site^mail ad^colour^blue] [1 1 1]
	// source: line 4: expected 4 cells as in the header, found 3: the line is left out
	// 2 examples of csv
}
