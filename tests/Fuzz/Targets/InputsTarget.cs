using System.Text;
using Sallyport.Agent.Configuration;

namespace Sallyport.Fuzz.Targets;

/// <summary>Inputs of the Action: lines of a name, = and a value, with \ for a line feed in it; the policy file behind an empty line.</summary>
internal sealed class InputsTarget : IFuzzTarget
{
    public string Name => "inputs";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "egress-policy=block\nallowed-endpoints=github.com:443\\*.example.com:443,[2001:db8::]/32:8000-8010\ndisable-sudo=true"u8.ToArray(),
        "policy-file=.sallyport.yml\nfail-on=refused,finding\nimplicit=false\n\nversion: 1\nallow: [github.com:443]\n"u8.ToArray(),
        "use-policy-store=true\nserver-url=https://sallyport.example.com\napi-key=spk_0123\nsudo=bounded"u8.ToArray(),
        "policy=build\ndisable-telemetry=no\ndeploy-on-self-hosted-vm=yes"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. ActionInputName.All.Select(name => Encoding.UTF8.GetBytes($"\n{name}=")),
        .. new[]
        {
            "$(id)", "`id`", "\u0000", "\u202e", "::error::", "##[x]", "'", "\"", "\\", ",", "\n\n", "true", "block", "audit", ":443", "@", "*.",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in (end < 0 ? text : text[..end]).Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                inputs[line[..equals]] = line[(equals + 1)..].Replace('\\', '\n');
            }
        }

        ReadOnlyMemory<byte>? file = end < 0 ? null : Encoding.UTF8.GetBytes(text[(end + 2)..]);
        foreach (var hasServer in (bool[])[false, true])
        {
            var reading = ActionInputsReader.Read(inputs, file, hasServer);
            if (reading.Inputs is null && reading.Mistakes.IsEmpty)
            {
                throw new InvalidOperationException("neither inputs nor a mistake");
            }
        }
    }
}
