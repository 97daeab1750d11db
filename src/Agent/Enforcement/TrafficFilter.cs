using System.Globalization;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>A clsact filter of a device, as tc(8) knows it: where the kernel has no TCX links, before 6.6.</summary>
/// <param name="Device">Index in the network namespace of who attached it.</param>
/// <param name="Point">1 ingress, 2 egress.</param>
/// <param name="Handle">Given by the kernel.</param>
/// <param name="Priority">1 is asked first.</param>
/// <param name="Program">Number of its BPF program: a handle may be given again, this is not.</param>
internal sealed record TrafficFilter(int Device, int Point, uint Handle, uint Priority, uint Program)
{
    /// <summary>Removes it; false when it is gone already, or another one stands in its place.</summary>
    internal unsafe bool TryRemove()
    {
        var hook = new TcHook { Size = (nuint)sizeof(TcHook), Device = Device, Point = Point };
        var found = new TcOptions { Size = (nuint)sizeof(TcOptions), Handle = Handle, Priority = Priority };
        if (Libbpf.bpf_tc_query(&hook, &found) < 0 || found.ProgramId != Program)
        {
            return false;
        }

        var options = new TcOptions { Size = (nuint)sizeof(TcOptions), Handle = Handle, Priority = Priority };
        return Libbpf.bpf_tc_detach(&hook, &options) == 0;
    }

    /// <summary>Five numbers with blanks between, in the order of the parameters.</summary>
    internal string Format() =>
        string.Create(CultureInfo.InvariantCulture, $"{Device} {Point} {Handle} {Priority} {Program}");

    internal static TrafficFilter? Parse(string text)
    {
        var numbers = new uint[5];
        var words = text.Split(' ');
        if (words.Length != numbers.Length)
        {
            return null;
        }

        for (var i = 0; i < words.Length; i++)
        {
            if (!uint.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return numbers[0] > int.MaxValue || numbers[1] is not (1 or 2)
            ? null
            : new TrafficFilter((int)numbers[0], (int)numbers[1], numbers[2], numbers[3], numbers[4]);
    }
}
