using System.Text;
using Sallyport.Baseline;

namespace Sallyport.Fuzz.Targets;

/// <summary>sallyport.lock; what is read can be written and read again.</summary>
internal sealed class LockTarget : IFuzzTarget
{
    public string Name => "lock";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        LockFile.Write(LockDocument.Empty),
        """{"schema":"sallyport.lock/v1","jobs":[{"job":"build","runs":3,"destinations":[{"protocol":"tcp","host":"a.example.com","port":443,"runs":3,"steps":["__run"],"processes":["/usr/bin/curl"]}]}]}"""u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\"jobs\":[", "\"job\":\"\"", "\"destinations\":[{}]", "\"schema\":null", "null", "[null]", "1e999", "-1", "\\ud800", "[[[[[[[[", "\u0000",
            "9223372036854775808", "{}", "\u202e",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        if (LockFile.TryRead(input, out var document, out var mistake))
        {
            if (!LockFile.TryRead(LockFile.Write(document), out _, out var second))
            {
                throw new InvalidOperationException($"what was written cannot be read: {second}");
            }
        }
        else
        {
            ArgumentException.ThrowIfNullOrEmpty(mistake);
        }
    }
}
