using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct bpf_insn of linux/bpf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BpfInstruction
{
    private const byte Call = 0x85; // BPF_JMP | BPF_CALL
    private const byte OfKernelFunction = 2 << 4; // BPF_PSEUDO_KFUNC_CALL, as source register

    private readonly byte code;
    private readonly byte registers;
    private readonly short offset;

    private BpfInstruction(byte code, byte registers, uint immediate)
    {
        this.code = code;
        this.registers = registers;
        Immediate = immediate;
    }

    internal uint Immediate { get; }

    internal bool IsHelperCall => code == Call && registers == 0;

    /// <param name="type">Number of the function's type, of the kernel itself and no module.</param>
    internal static BpfInstruction CallOfFunction(uint type) => new(Call, OfKernelFunction, type);
}
