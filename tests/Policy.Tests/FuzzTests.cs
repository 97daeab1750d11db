using System.Diagnostics;
using System.Text;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Seeds =
    [
        "github.com:443", "*.docker.io:8000-8010", "[2001:db8::1]:443", "2001:db8::/32:22", "10.0.0.0/8:*", "udp://a.b:1",
        "tcp://[::ffff:1.2.3.4]/128:2", "Bücher.example", "dns://*.x", "@npm", "proxy://p:1", "xn--bcher-kva.example",
    ];

    private static readonly string[] Documents =
    [
        "version: 1\nmode: block\nallow:\n  - github.com:443\n  - \"*.docker.io\"\nsteps:\n  - match: { id: a }\n    allow: [x.y]\n",
        "version: 1\nprocesses:\n- match: {exe: /usr/bin/git}\n  mode: audit\ndeny: [evil.example]\nfiles: {protect: ['a/**']}\n",
        "version: 1\ndetections:\n  a-b: block\ndns: {questions: [TXT]}\nonAgentLoss: deny\ninbound: [10.0.0.0/8]\n# c\n",
        "? a\n: - b\n  - |\n    text\n  - >-\n    folded\n- 'single' \n&a *a !!t {x: [1, 2], y: }\n%YAML 1.2\n---\n...\n",
    ];

    private const string Spice = ":-?*&!|>'\"%@`{}[],#\n\t \r/.0129azAZ_~<=\u0000\u0007é例\u200B\uFEFF\uD800\uDC00";

    [Fact]
    public void No_text_makes_the_endpoint_parser_throw()
    {
        var random = new Random(1);
        int accepted = 0;
        for (int i = 0; i < 150_000; i++)
        {
            string text = Mutate(Seeds[random.Next(Seeds.Length)], random);
            if (Endpoint.TryParse(text, (EndpointUse)(i % 3), out Endpoint? endpoint, out EndpointMistake? mistake))
            {
                accepted++;
                Assert.True(Endpoint.TryParse(endpoint.Text, (EndpointUse)(i % 3), out Endpoint? again, out _), endpoint.Text);
                Assert.Equal(endpoint, again);
            }
            else
            {
                Assert.NotEmpty(mistake.Accepted);
            }
        }
        Assert.InRange(accepted, 1_000, 149_000);
    }

    [Fact]
    public void No_text_makes_the_document_reader_throw()
    {
        var random = new Random(2);
        long started = Stopwatch.GetTimestamp();
        int accepted = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Mutate(Documents[random.Next(Documents.Length)], random));
            if (random.Next(8) == 0 && bytes.Length > 0)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            PolicyReading reading = PolicyReader.Read(PolicySource.File("p.yml", bytes));
            Assert.Equal(reading.Document is null, !reading.Mistakes.IsEmpty);
            Assert.All(reading.Mistakes, mistake => Assert.DoesNotContain(mistake.ToString(), char.IsControl));
            if (reading.Document is { } document)
            {
                accepted++;
                _ = PolicyCompiler.Compile(document, new CompileContext());
            }
        }
        output.WriteLine($"{accepted} of 50000 documents accepted in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        Assert.InRange(accepted, 100, 49_000);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("a: ")]
    [InlineData("\"")]
    [InlineData("? ")]
    [InlineData("&a ")]
    [InlineData("*a ")]
    [InlineData("!a ")]
    [InlineData("a: b\n")]
    [InlineData("- [a, b]\n")]
    [InlineData("|\n")]
    [InlineData("#")]
    [InlineData("%a\n")]
    [InlineData("---\n")]
    public void A_text_of_the_largest_size_that_repeats_itself_is_read_in_bounded_time(string part)
    {
        string text = string.Concat(Enumerable.Repeat(part, PolicySource.MaxFileBytes / part.Length));
        long started = Stopwatch.GetTimestamp();

        Assert.NotEmpty(PolicyReader.Read(PolicySource.File("p.yml", Encoding.UTF8.GetBytes(text))).Mistakes);

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    private static string Mutate(string seed, Random random)
    {
        var text = new StringBuilder(seed);
        for (int edits = random.Next(1, 5); edits > 0 && text.Length > 0; edits--)
        {
            int at = random.Next(text.Length);
            char spice = Spice[random.Next(Spice.Length)];
            switch (random.Next(5))
            {
                case 0: text[at] = spice; break;
                case 1: _ = text.Insert(at, spice); break;
                case 2: _ = text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at)); break;
                case 3: _ = text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 12), text.Length - at))); break;
                default: _ = text.Insert(at, (char)random.Next(0x10000)); break;
            }
        }
        return text.ToString();
    }
}
