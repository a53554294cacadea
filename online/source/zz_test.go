package source
import ("testing";"os";"bufio";"fmt";"strings";"sort";"github.com/descent-go/descent/online";"io")
func TestZZ(t *testing.T) {
	f,_ := os.Open(os.Getenv("ZZ")); defer f.Close()
	var r online.Reader = NewJSON(f, Options{Names:true})
	if os.Getenv("ZZK")=="csv" { r = NewCSV(f, Options{Names:true}) }
	out,_ := os.Create("/tmp/formats/zz.out"); w := bufio.NewWriter(out); defer w.Flush()
	var x online.Example
	for { err := r.Read(&x); if err == io.EOF {break}; if err != nil {t.Fatal(err)}
		var s []string
		for i := range x.Hashes { s = append(s, fmt.Sprintf("%s:%d:%g", x.Names[i], x.Hashes[i]&(1<<18-1), x.Values[i])) }
		sort.Strings(s); fmt.Fprintln(w, strings.Join(s,"\t")) }
}
