using System.Text;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Reading;

namespace Sallyport.Fuzz.Targets;

/// <summary>Policy files; what is accepted is compiled.</summary>
internal sealed class PolicyTarget : IFuzzTarget
{
    public string Name => "policy";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """
        version: 1
        mode: block
        allow:
          - github.com:443
          - "*.docker.io:443"
          - archive.ubuntu.com:80
          - 10.20.0.0/16:5432
          - "[2001:db8::/32]:8000-8010"
          - udp://time.example.com:123
          - dns://internal.example.com
          - "@github-actions"
        steps:
          - match: { id: publish }
            allow: [packages.example.com:443]
          - match: { name: "Check links" }
            mode: audit
        processes:
          - match: { exe: "/usr/bin/git" }
            allow: [github.com:443]
        deny:
          - evil.example
        files:
          protect: ["src/**"]
        detections:
          runner-memory-read: block
        """u8.ToArray(),
        "version: 1\nallow: []\n"u8.ToArray(),
        "a: &x [1]\nb: *x\n"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "version", "mode", "audit", "block", "allow", "deny", "steps", "processes", "match", "extend: true", "- ", ": ",
            "\n  ", "*.", "@", "://", "/32", "[::]", ":*", "65536", "&a ", "*a", "<<: ", "!!binary ", "|\n", "---\n", "\t",
            "\"", "'", "{", "}", "[", "]", "#", "\ufeff", "xn--",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var reading = PolicyReader.Read(PolicySource.File("fuzz.yml", input.ToArray()));
        if (reading.Document is not null)
        {
            PolicyCompiler.Compile(reading.Document, new CompileContext { SearchDomains = ["example.com"] });
        }
    }
}
