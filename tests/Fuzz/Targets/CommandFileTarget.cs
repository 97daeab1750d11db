using System.Text;
using Sallyport.Agent.Core.GitHub.Commands;

namespace Sallyport.Fuzz.Targets;

/// <summary>What a step wrote to GITHUB_ENV or GITHUB_PATH.</summary>
internal sealed class CommandFileTarget : IFuzzTarget
{
    public string Name => "commandfile";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "JAVA_HOME=/opt/java\nNOTE<<EOF\nLD_PRELOAD=/x\nEOF\nLD_LIBRARY_PATH=/usr/lib:/tmp/x\nNODE_OPTIONS=-Xmx1\n"u8.ToArray(),
        [0xff, 0xfe, .. Encoding.Unicode.GetBytes("/tmp/x\n")],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
        [.. new[] { "\n", "\r", "=", "<<", "EOF", ":", "/", "../", "LD_PRELOAD=", "PYTHONPATH=" }.Select(Encoding.UTF8.GetBytes), [0xff, 0xfe], [0xd8, 0]];

    public void Read(ReadOnlySpan<byte> input)
    {
        var text = CommandFile.Decode(input);
        foreach (var (name, value) in CommandFile.Variables(text))
        {
            if (name.Length == 0 || name.Contains('\n', StringComparison.Ordinal))
            {
                throw new InvalidOperationException("no name");
            }

            _ = LaterEffect.OfVariable(name, value, "/work/_tool");
        }

        foreach (var folder in CommandFile.Folders(text))
        {
            _ = LaterEffect.OfFolder(folder);
        }
    }
}
