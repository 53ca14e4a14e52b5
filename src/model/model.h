/*
 * model.h
 *		A trained model as one flat block: inputs, preparation steps, predictor,
 *		output.
 *
 * The block is what the database stores, without pointers: a header and
 * sections, arrays that offsets from the start of the block lead to. An
 * importer fills a draft (draft.h), which is packed; drift_model_check() is
 * passed once by every block on its way in, and whoever reads it trusts it.
 *
 * Scoring a row: the values of the inputs are the first slots; each step reads
 * some slots and writes new ones behind them; the predictor reads the slots
 * that `features` lists and sums a margin per group; the transform makes the
 * output of the margins.
 *
 * Numbers are doubles, that hold float32 exactly. Where a format computes in
 * float32, `single` says so, and every sum and product is rounded to that.
 */
#ifndef DRIFT_MODEL_MODEL_H
#define DRIFT_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/status.h"

#define DRIFT_MODEL_VERSION 1
#define DRIFT_MODEL_ORDER_MARK 0x01020304 /* reads otherwise where bytes are in the other order */
#define DRIFT_MODEL_DIGEST 32

#define DRIFT_MODEL_MAX_INPUTS 65535
#define DRIFT_MODEL_MAX_COLUMNS 65535
#define DRIFT_MODEL_MAX_SLOTS 1000000
#define DRIFT_MODEL_MAX_GROUPS 10000
#define DRIFT_MODEL_MAX_DEPTH 512

typedef enum DriftModelSource
{
	DRIFT_SOURCE_JSON = 1, /* the extension's own form */
	DRIFT_SOURCE_XGBOOST = 2,
	DRIFT_SOURCE_LIGHTGBM = 3,
	DRIFT_SOURCE_ONNX = 4
} DriftModelSource;

typedef enum DriftPredictor
{
	DRIFT_PREDICTOR_LINEAR = 1,
	DRIFT_PREDICTOR_TREES = 2
} DriftPredictor;

typedef enum DriftTask
{
	DRIFT_TASK_REGRESSION = 1, /* one or more numbers */
	DRIFT_TASK_BINARY = 2,     /* the probability of the second of two classes */
	DRIFT_TASK_MULTICLASS = 3, /* a probability for each class */
	DRIFT_TASK_RANKING = 4     /* a number that orders */
} DriftTask;

/* What makes the output of the margins m; each as its library computes it. */
typedef enum DriftTransform
{
	DRIFT_TRANSFORM_IDENTITY = 1,
	DRIFT_TRANSFORM_LOGISTIC = 2,         /* 1 / (1 + exp(-s m)), s the parameter */
	DRIFT_TRANSFORM_LOGISTIC_XGBOOST = 3, /* 1 / (expf(min(-m, 88.7)) + 1 + 1e-16) */
	DRIFT_TRANSFORM_LOGISTIC_ONNX = 4,    /* v = 1 / (1 + expf(-|m|)), 1 - v below zero */
	DRIFT_TRANSFORM_EXP = 5,
	DRIFT_TRANSFORM_HINGE = 6,         /* 1 above zero, else 0 */
	DRIFT_TRANSFORM_SOFTMAX = 7,       /* after the largest margin is taken off */
	DRIFT_TRANSFORM_ARGMAX = 8,        /* the number of the first largest margin */
	DRIFT_TRANSFORM_SIGNED_SQUARE = 9, /* sign(m) m^2 */
	DRIFT_TRANSFORM_LOG1P_EXP = 10,
	DRIFT_TRANSFORM_PROBIT = 11,         /* distribution function of the normal */
	DRIFT_TRANSFORM_SOFTMAX_ZERO = 12,   /* ONNX: margins of 0 stay */
	DRIFT_TRANSFORM_SORTED = 13,         /* XGBoost's quantiles: the margins in order */
	DRIFT_TRANSFORM_EXPECTILE = 14,      /* XGBoost's expectiles: running sums of softplus */
	DRIFT_TRANSFORM_SHARES = 15,         /* each margin over their sum, as averaged votes */
	DRIFT_TRANSFORM_LOGISTIC_SHARES = 16 /* of several margins: each as LOGISTIC_ONNX, over the sum of those */
} DriftTransform;

/* How the class is chosen, and what becomes of a single margin of two classes. */
typedef enum DriftDecision
{
	DRIFT_DECISION_NONE = 0,          /* no classes */
	DRIFT_DECISION_OUTPUT = 1,        /* second class where the output is above one half */
	DRIFT_DECISION_MARGIN = 2,        /* second class where the margin is above zero */
	DRIFT_DECISION_LARGEST = 3,       /* class of the first largest output */
	DRIFT_DECISION_LARGEST_MARGIN = 4 /* class of the first largest margin */
} DriftDecision;

typedef enum DriftAverage
{
	DRIFT_AVERAGE_NONE = 0,
	DRIFT_AVERAGE_MARGIN = 1, /* margins are over the number of trees of a group */
	DRIFT_AVERAGE_OUTPUT = 2  /* only what the transform gets is: LightGBM's forests */
} DriftAverage;

typedef enum DriftInputKind
{
	DRIFT_INPUT_NUMBER = 1,
	DRIFT_INPUT_TEXT = 2 /* a category by its label */
} DriftInputKind;

typedef struct DriftInput
{
	uint32_t name;       /* string */
	uint8_t kind;        /* DriftInputKind */
	uint8_t single;      /* rounded to float32 on the way in */
	uint8_t needs_value; /* missing is an error */
	uint8_t reserved;
} DriftInput;

/* A place in the rows of a model that is bound: whoever scores by position gives this one here. */
typedef struct DriftColumn
{
	uint32_t name;  /* string */
	uint32_t input; /* or DRIFT_NO_INPUT: not read */
} DriftColumn;

#define DRIFT_NO_INPUT UINT32_MAX

typedef enum DriftStepOp
{
	/* slot by slot, with a constant each */
	DRIFT_STEP_ADD = 1,
	DRIFT_STEP_SUBTRACT = 2,
	DRIFT_STEP_MULTIPLY = 3,
	DRIFT_STEP_DIVIDE = 4,
	DRIFT_STEP_IMPUTE = 5,   /* missing becomes the constant */
	DRIFT_STEP_REPLACE = 6,  /* constants in pairs: the first becomes the second; NaN equals NaN */
	DRIFT_STEP_CLIP = 7,     /* constants in pairs: least and most */
	DRIFT_STEP_BINARIZE = 8, /* 1 above the constant, else 0 */
	/* slot by slot, without constants */
	DRIFT_STEP_TRUNCATE = 9, /* to a whole number, towards zero */
	DRIFT_STEP_ROUND_SINGLE = 10,
	/* all slots together */
	DRIFT_STEP_NORMALIZE_L1 = 11,
	DRIFT_STEP_NORMALIZE_L2 = 12,
	DRIFT_STEP_NORMALIZE_MAX = 13,
	/* one slot */
	DRIFT_STEP_ONE_HOT_NUMBER = 14, /* a slot for each constant: 1 where it is the value, else 0 */
	DRIFT_STEP_ONE_HOT_TEXT = 15,   /* the same for strings */
	DRIFT_STEP_MAP_NUMBER = 16,     /* constants: what every other value becomes, then pairs of value and number */
	DRIFT_STEP_MAP_TEXT = 17        /* constants: what every other label becomes, then the number of each string */
} DriftStepOp;

typedef struct DriftStep
{
	uint8_t op;        /* DriftStepOp */
	uint8_t single;    /* computed in float32 */
	uint8_t must_know; /* of one-hot and map: another value is an error; 1: missing too, 2: missing is as of 0 */
	uint8_t reserved;
	uint32_t n_in;
	uint32_t first_in; /* in section SLOT_LISTS */
	uint32_t n_out;    /* written to the slots behind those of all steps before */
	uint32_t n_numbers;
	uint32_t first_number; /* in section NUMBERS */
	uint32_t n_strings;
	uint32_t first_string; /* in section STRINGS */
} DriftStep;

typedef enum DriftNodeKind
{
	DRIFT_NODE_LEAF = 1,        /* value goes to the tree's group */
	DRIFT_NODE_LEAF_VECTOR = 2, /* `right` leaf weights from `left` on */
	/* conditions: left where it holds for x, else right */
	DRIFT_NODE_LESS = 3,          /* x < value */
	DRIFT_NODE_LESS_OR_EQUAL = 4, /* x <= value */
	DRIFT_NODE_EQUAL = 5,         /* x = value */
	DRIFT_NODE_IN_SET = 6,        /* trunc(x) is in a set: value counts its first word in SETS, set_words follow */
	DRIFT_NODE_IN_SET_FLOOR = 7   /* floor(x) is: XGBoost's, to which no x below zero is a category */
} DriftNodeKind;

/* Which x goes the node's missing way instead of being tested. */
typedef enum DriftMissing
{
	DRIFT_MISSING_NAN = 1,  /* NaN */
	DRIFT_MISSING_ZERO = 2, /* NaN, and |x| <= 1e-35 */
	DRIFT_MISSING_NONE = 3  /* none: NaN is tested as 0, and is in no set */
} DriftMissing;

typedef struct DriftNode
{
	uint8_t kind;
	uint8_t missing;      /* DriftMissing */
	uint8_t missing_left; /* way of the missing */
	uint8_t reserved;
	uint32_t feature; /* place in the predictor's features */
	uint32_t left;    /* nodes, both behind this one in the same tree */
	uint32_t right;
	double value;
	uint32_t set_words;
	float gain;  /* of the split; NaN where the source does not say */
	float cover; /* rows or hessian that came by in training; NaN where the source does not say */
	uint32_t reserved2;
} DriftNode;

typedef struct DriftLeafWeight
{
	uint32_t group;
	uint32_t reserved;
	double weight;
} DriftLeafWeight;

typedef struct DriftTree
{
	uint32_t root;
	uint32_t n_nodes; /* from root on */
	uint32_t group;   /* of its scalar leaves */
	uint32_t reserved;
	double weight; /* its leaves are multiplied by: dart */
} DriftTree;

/* A string: bytes in section TEXT, in the server's encoding. */
typedef struct DriftString
{
	uint32_t start;
	uint32_t length;
} DriftString;

typedef enum DriftSectionName
{
	DRIFT_SECTION_INPUTS,       /* DriftInput */
	DRIFT_SECTION_STEPS,        /* DriftStep */
	DRIFT_SECTION_SLOT_LISTS,   /* uint32_t */
	DRIFT_SECTION_FEATURES,     /* uint32_t: slot of each of the predictor's features */
	DRIFT_SECTION_NUMBERS,      /* double: constants of steps */
	DRIFT_SECTION_BASE,         /* double: per group, what its margin starts with or gets at the end */
	DRIFT_SECTION_COEFFICIENTS, /* double: of linear predictors, [group][feature] */
	DRIFT_SECTION_TREES,        /* DriftTree, in the order of summing */
	DRIFT_SECTION_NODES,        /* DriftNode, tree by tree */
	DRIFT_SECTION_LEAF_WEIGHTS, /* DriftLeafWeight */
	DRIFT_SECTION_SETS,         /* uint32_t: bit c % 32 of word c / 32 */
	DRIFT_SECTION_LABELS,       /* uint32_t: string of each class */
	DRIFT_SECTION_STRINGS,      /* DriftString */
	DRIFT_SECTION_TEXT,         /* bytes */
	DRIFT_SECTION_COLUMNS,      /* DriftColumn: each input once; none in a model that is not bound */
	DRIFT_SECTIONS
} DriftSectionName;

typedef struct DriftSection
{
	uint64_t offset; /* from the start of the block: where the one before ends, rounded up to a multiple of 8 */
	uint64_t count;  /* of elements */
} DriftSection;

typedef struct DriftModel
{
	uint32_t host_length; /* the host's; the kernel neither reads nor writes it */
	uint32_t order_mark;
	uint16_t version;
	uint8_t source;       /* DriftModelSource */
	uint8_t predictor;    /* DriftPredictor */
	uint8_t task;         /* DriftTask */
	uint8_t transform;    /* DriftTransform */
	uint8_t decision;     /* DriftDecision */
	uint8_t average;      /* DriftAverage */
	uint8_t single;       /* margins and transform are float32 */
	uint8_t base_first;   /* margins start with the base; else it is added after averaging */
	uint8_t skip_missing; /* of linear predictors: missing features add nothing; else they make the margin NaN */
	uint8_t reserved;
	uint32_t groups;                    /* margins */
	uint32_t average_over;              /* what averages divide by */
	uint32_t slots;                     /* inputs and what all steps write */
	uint32_t source_version;            /* string */
	uint32_t objective;                 /* string: what the source calls it */
	double parameter;                   /* of the transform */
	uint8_t digest[DRIFT_MODEL_DIGEST]; /* SHA-256 of everything but host_length and itself, by the host */
	DriftSection section[DRIFT_SECTIONS];
} DriftModel;

/* The elements of a section. */
static inline const void *
drift_model_section(const DriftModel *m, DriftSectionName name)
{
	return (const char *) m + m->section[name].offset;
}

static inline uint64_t
drift_model_count(const DriftModel *m, DriftSectionName name)
{
	return m->section[name].count;
}

/* A string of the model by its number, not terminated. */
static inline const char *
drift_model_string(const DriftModel *m, uint32_t number, uint32_t *length)
{
	const DriftString *string = (const DriftString *) drift_model_section(m, DRIFT_SECTION_STRINGS) + number;

	*length = string->length;
	return (const char *) drift_model_section(m, DRIFT_SECTION_TEXT) + string->start;
}

/* Numbers that scoring puts out for a row, before and after the transform. */
uint32_t drift_model_outputs(const DriftModel *m);

/* Bytes of an element of a section. */
size_t drift_section_element(DriftSectionName name);

/*
 * Checks everything a reader relies on, of size bytes at m, which are aligned
 * to 8: that the sections follow one another and fill them, that every number of an
 * input, slot, string, node, group, set word or leaf weight is that of one,
 * that children lie behind their parent within their tree and each node is the
 * child of one, that no tree is deeper than DRIFT_MODEL_MAX_DEPTH, that counts
 * fit one another and constants are numbers. *what tells people what is wrong.
 */
DriftStatus drift_model_check(const DriftModel *m, size_t size, const char **what);

#endif
