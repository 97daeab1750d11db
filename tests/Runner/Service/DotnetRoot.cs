using System.Runtime.InteropServices;

namespace Sallyport.Runner.Service;

/// <summary>Where .NET is, told to the runner's executables by the variable that is looked at first.</summary>
internal static class DotnetRoot
{
    public static string Variable { get; } =
        $"DOTNET_ROOT_{RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant()}";

    /// <summary>Three above the runtime: dotnet/shared/Microsoft.NETCore.App/10.0.x.</summary>
    public static string OfThisProcess { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
}
