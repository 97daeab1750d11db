using System.Text;

namespace Sallyport.Policy.Endpoints;

/// <summary>
/// The encoder of RFC 3492. Written out because the process runs without ICU, where the framework's mapping neither
/// normalises nor checks; <see cref="HostName"/> refuses what would need normalising.
/// </summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int ThresholdMin = 1;
    private const int ThresholdMax = 26;

    /// <summary>The A-label, with <c>xn--</c>. The label has at most 63 characters, so no sum overflows.</summary>
    public static string Encode(ReadOnlySpan<char> label)
    {
        var output = new StringBuilder("xn--");
        var points = new List<int>(label.Length);
        foreach (Rune rune in label.EnumerateRunes())
        {
            points.Add(rune.Value);
            if (rune.IsAscii)
            {
                _ = output.Append((char)rune.Value);
            }
        }
        int basic = output.Length - 4;
        if (basic > 0)
        {
            _ = output.Append('-');
        }
        int next = 128, delta = 0, bias = 72;
        for (int handled = basic; handled < points.Count; next++, delta++)
        {
            int smallest = int.MaxValue;
            foreach (int point in points)
            {
                smallest = point >= next && point < smallest ? point : smallest;
            }
            delta += (smallest - next) * (handled + 1);
            next = smallest;
            foreach (int point in points)
            {
                delta += point < next ? 1 : 0;
                if (point == next)
                {
                    AppendDelta(output, delta, bias);
                    bias = Adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
        }
        return output.ToString();
    }

    private static void AppendDelta(StringBuilder output, int delta, int bias)
    {
        int rest = delta;
        for (int k = Base; ; k += Base)
        {
            int threshold = Math.Clamp(k - bias, ThresholdMin, ThresholdMax);
            if (rest < threshold)
            {
                _ = output.Append(Digit(rest));
                return;
            }
            _ = output.Append(Digit(threshold + ((rest - threshold) % (Base - threshold))));
            rest = (rest - threshold) / (Base - threshold);
        }
    }

    private static int Adapt(int delta, int handled, bool first)
    {
        int rest = first ? delta / 700 : delta / 2;
        rest += rest / handled;
        int k = 0;
        for (; rest > (Base - ThresholdMin) * ThresholdMax / 2; k += Base)
        {
            rest /= Base - ThresholdMin;
        }
        return k + ((Base - ThresholdMin + 1) * rest / (rest + 38));
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);
}
