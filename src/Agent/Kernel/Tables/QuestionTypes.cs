using System.Runtime.CompilerServices;

namespace Sallyport.Agent.Kernel;

/// <summary>Bit n says whether a question of type n may be asked.</summary>
[InlineArray(Words)]
internal struct QuestionTypes
{
    internal const int Words = 5;
    private ulong first;

    internal void Open(ushort type)
    {
        if (type / 64 < Words)
        {
            this[type / 64] |= 1UL << (type % 64);
        }
    }
}
