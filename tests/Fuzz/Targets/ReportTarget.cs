using System.Text;
using Sallyport.Protocol.Report;

namespace Sallyport.Fuzz.Targets;

/// <summary>Reports, as <c>policy diff</c> reads them.</summary>
internal sealed class ReportTarget : IFuzzTarget
{
    public string Name => "report";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"schema":"sallyport.report/v1","tool":{"name":"sallyport","version":"1"},"complete":true,"steps":[]}"""u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\"connections\":[{}]", "\"dns\":[]", "\"processes\":null", "\"losses\":{\"a\":1}", "\"mode\":{}", "\"job\":{}",
            "2026-01-01T00:00:00.0000000Z", "null", "1e999", "[[[[", "\\ud800", "-1",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input) => ReportJson.TryRead(input, out _);
}
