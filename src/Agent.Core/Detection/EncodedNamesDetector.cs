using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>dns-encoded-name</c>: names whose labels look like encoded data rather than like names. One such label is a hash in the name
/// of a bucket; two names with one below the same zone, or one name with two, are a message. Once per zone; bounded by
/// <see cref="MostZones"/>.
/// </summary>
internal sealed class EncodedNamesDetector : IDetector
{
    /// <summary>Characters of a label: 25 bytes in base32, 20 in hexadecimal digits.</summary>
    internal const int LongLabel = 40;

    /// <summary>Changes between letters and digits in it; in words and dates there are few.</summary>
    internal const int Changes = 8;

    internal const int MostZones = 1024;

    // Zone to the first name with one encoded label; empty once it was told.
    private readonly Dictionary<string, string> zones = new(StringComparer.Ordinal);

    /// <summary>Encoded names of zones past the bound.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is not NameAsked asked)
        {
            return;
        }

        var labels = asked.Name.Split('.');
        var encoded = labels.SkipLast(2).Count(IsEncoded);
        var zone = string.Join('.', labels.TakeLast(2));
        if (encoded == 0)
        {
            return;
        }

        if (!zones.TryGetValue(zone, out var first))
        {
            if (zones.Count >= MostZones)
            {
                Overflow++;
                return;
            }

            zones[zone] = first = asked.Name;
        }

        if (first.Length > 0 && (encoded > 1 || first != asked.Name))
        {
            zones[zone] = string.Empty;
            sink.Accept(Finding.Of(
                ProcessFindings.EncodedNames,
                asked,
                asked.Process,
                asked.Step,
                asked.Verdict == RecordedVerdict.Refused,
                ("zone", zone),
                ("name", asked.Name),
                ("container", asked.Container)));
        }
    }

    internal static bool IsEncoded(string label)
    {
        if (label.Length < LongLabel)
        {
            return false;
        }

        var changes = 0;
        for (var i = 1; i < label.Length; i++)
        {
            changes += char.IsAsciiDigit(label[i]) != char.IsAsciiDigit(label[i - 1]) ? 1 : 0;
        }

        return changes >= Changes && label.Distinct().Count() >= 12;
    }
}
