using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>Splits argv as the kernel has it: each argument ended by NUL, the last perhaps cut before it.</summary>
internal static class ArgumentText
{
    public static ImmutableArray<string> Read(ReadOnlySpan<byte> argv, TextCache texts)
    {
        if (argv.IsEmpty)
        {
            return [];
        }

        var block = argv[^1] == 0 ? argv[..^1] : argv;
        var arguments = ImmutableArray.CreateBuilder<string>(block.Count((byte)0) + 1);
        foreach (var range in block.Split((byte)0))
        {
            arguments.Add(texts.Text(block[range]));
        }

        return arguments.MoveToImmutable();
    }
}
