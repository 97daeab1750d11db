using System.Runtime.CompilerServices;
using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Tests.Kernel;

/// <summary>That what is found is what the kernel attaches and calls, every run of the agent shows.</summary>
public sealed class KernelReferencesTests
{
    private const string Names = "\0btf_trace_sallyport_here\0bpf_lsm_sallyport_here\0bpf_lsm_sallyport_type\0btf_trace_sallyport_function\0";

    [Theory]
    [InlineData("btf_trace_sallyport_here", true)]
    [InlineData("bpf_lsm_sallyport_here", true)]
    [InlineData("bpf_lsm_sallyport_type", false)]
    [InlineData("btf_trace_sallyport_function", false)]
    [InlineData("btf_trace_sallyport", false)]
    public void A_hook_is_there_when_its_type_is_of_the_kind_of_hooks(string hook, bool isThere)
    {
        uint[] words =
        [
            At("btf_trace_sallyport_here"), (uint)BtfKind.Typedef << 24, 0,
            At("bpf_lsm_sallyport_here"), (uint)BtfKind.Function << 24, 0,
            At("bpf_lsm_sallyport_type"), (uint)BtfKind.Typedef << 24, 0,
            At("btf_trace_sallyport_function"), (uint)BtfKind.Function << 24, 0,
        ];
        var bytes = (uint)words.Length * sizeof(uint);
        uint[] head = [KernelTypes.Begin, KernelTypes.HeaderBytes, 0, bytes, bytes, (uint)Names.Length];
        byte[] types = [.. head.Concat(words).SelectMany(BitConverter.GetBytes), .. Encoding.ASCII.GetBytes(Names)];
        var thrown = Record.Exception(() =>
        {
            Assert.True(KernelTypes.TryRead(types, out var kernel));
            KernelReferences.Find([hook], kernel);
        });
        if (isThere)
        {
            Assert.Null(thrown);
        }
        else
        {
            Assert.Contains($"'{hook}'", Assert.IsType<KernelUnavailableException>(thrown).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Mapped, where the kernel does that; a copy of all of them, byte by byte, either way.</summary>
    [Fact]
    public void Types_of_this_kernel_are_those_of_its_file()
    {
        Assert.SkipUnless(File.Exists(Machine.KernelTypes), $"this machine has no {Machine.KernelTypes}");
        using var types = new KernelTypesFile();
        Assert.True(types.Bytes.SequenceEqual(File.ReadAllBytes(Machine.KernelTypes)));
        types.Dispose();
    }

    /// <summary>struct bpf_insn of linux/bpf.h, and struct settings of maps_machine.h, which asserts its size.</summary>
    [Fact]
    public void What_is_shared_with_the_kernel_has_its_size()
    {
        Assert.Equal(8, Unsafe.SizeOf<BpfInstruction>());
        Assert.Equal(456, Unsafe.SizeOf<SettingsValue>());
    }

    private static uint At(string name) => (uint)Names.IndexOf($"\0{name}\0", StringComparison.Ordinal) + 1;
}
