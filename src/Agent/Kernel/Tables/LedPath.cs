using System.Runtime.CompilerServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>struct led_path: NUL-terminated, as sun_path of unix(7).</summary>
[InlineArray(WireLimits.UnixPath)]
internal struct LedPath
{
    private byte first;
}
