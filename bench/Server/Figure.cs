using System.Globalization;

namespace Sallyport.Bench.Server;

/// <summary>A line of what is printed: a name, and what was measured.</summary>
internal static class Figure
{
    public static void Print(string name, FormattableString figure) => Print(name, figure.ToString(CultureInfo.InvariantCulture));

    public static void Print(string name, string figure) => Console.WriteLine($"{name,-26} {figure}");
}
